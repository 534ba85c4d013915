/**
 * `/widget.js` and what it loads. The widget itself lies at `/widget/<hash>.js`, which never changes, so that a page can
 * pin it by its integrity hash; `/widget.js` hands on to the one of the day.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { build, type Plugin, transform } from 'esbuild';
import type { Builder } from './build.ts';

const root = join(import.meta.dirname, '../..');

export const widget: Builder = async () => (await buildWidget()).files;

export interface BuiltWidget {
  /** Path below the root of the site → content. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Of the widget's module, below the root. */
  readonly path: string;
  /** Of the widget's module, as the attribute `integrity` takes it. */
  readonly integrity: string;
}

/** The baseline of 2022 and later: private methods, top-level await, :host and adopted style sheets. */
export const BROWSERS = 'es2022';

let built: Promise<BuiltWidget> | undefined;

/** Once a build, for all who need it. */
export function buildWidget(): Promise<BuiltWidget> {
  built ??= bundle();
  return built;
}

async function bundle(): Promise<BuiltWidget> {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: { widget: join(root, 'edge/widget/widget.ts') },
    bundle: true,
    splitting: true,
    format: 'esm',
    target: BROWSERS,
    minify: true,
    legalComments: 'none',
    write: false,
    outdir: join(root, 'widget'),
    entryNames: '[hash]',
    chunkNames: '[name]-[hash]',
    banner: { js: '/*! Glimpse, Apache-2.0. With Lit, BSD-3-Clause, (c) Google LLC. */' },
    plugins: [styleSheets],
    logLevel: 'silent',
  });
  const files = new Map(outputFiles.map(({ path, contents }) => [`widget/${basename(path)}`, contents]));
  // The entry is the first of them, by esbuild's order; chunks have a name before their hash.
  const path = [...files.keys()].find((name) => /^widget\/[A-Z0-9]+\.js$/.test(name))!;
  const integrity = `sha384-${createHash('sha384').update(files.get(path)!).digest('base64')}`;
  const latest = new TextEncoder().encode(`import './${path}';\n`);
  return { files: new Map([...files, ['widget.js', latest]]), path, integrity };
}

/** A style sheet as its minified text, for a shadow tree to adopt. */
const styleSheets: Plugin = {
  name: 'style-sheets',
  setup({ onLoad }) {
    onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const { code } = await transform(await readFile(path, 'utf8'), { loader: 'css', minify: true });
      return { contents: code, loader: 'text' };
    });
  },
};
