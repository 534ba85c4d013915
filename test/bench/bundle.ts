/** The size of a Worker after gzip, which is what Cloudflare's limits count. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

export interface BundleFile {
  readonly name: string;
  readonly bytes: number;
  readonly gzip: number;
  /** Image codecs are listed separately from the sum. */
  readonly codec: boolean;
}

/** @param folder of a bundle; its `.js` and `.wasm` files count, largest first */
export async function weighBundle(folder: string): Promise<BundleFile[]> {
  const names = (await readdir(folder)).filter((name) => /\.(js|wasm)$/.test(name));
  const files = names.map(async (name) => {
    const contents = await readFile(join(folder, name));
    const plain = plainName(name);
    return {
      name: plain,
      bytes: contents.length,
      gzip: gzipSync(contents).length,
      codec: /png|jpeg|webp|gif/.test(plain),
    };
  });
  return (await Promise.all(files)).sort((a, b) => b.gzip - a.gzip);
}

/** The name without the hash that wrangler prepends or esbuild appends. */
export function plainName(name: string): string {
  return name.replace(/^[0-9a-f]{40}-/, '').replace(/-[A-Z0-9]{8}(?=\.\w+$)/, '');
}

/** In bytes after gzip. */
export function totalGzip(files: readonly BundleFile[], { codecs }: { readonly codecs: boolean }): number {
  return files.filter(({ codec }) => codecs || !codec).reduce((sum, { gzip }) => sum + gzip, 0);
}
