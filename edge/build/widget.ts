/**
 * `/widget.js` and what it loads. The same module lies at `/widget/<hash>.js`, which never changes, so that a page can pin
 * it by its integrity hash. Those that pages have pinned stay: `npm run keep-widget` puts the one of the day beside them.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { build, type Plugin, transform } from 'esbuild';
import type { Builder } from './build.ts';

const root = join(import.meta.dirname, '../..');

/** What pages have pinned; a part of the project, as nobody can build it again. */
export const KEPT = join(root, 'edge/widget/kept');

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
  // Apart from the widget, which it shares nothing with: esbuild's own splitting would cut what both need out of the
  // widget's module into a third, which no integrity hash covers.
  const device = await modulesOf('edge/widget/device/device.ts', 'device-[hash]');
  const devicePath = [...device.keys()].find((name) => name.endsWith('.js'))!;
  // By the root of the host: both addresses of the widget load it from there.
  const loads = loadedFrom(/\/device\.ts$/, `/widget/${devicePath}`);
  const [[, content]] = [...(await modulesOf('edge/widget/widget.ts', 'widget', loads))] as [[string, Uint8Array]];
  const path = `widget/${nameOf(content)}`;
  const files = [...(await keptWidgets()), ...device, [nameOf(content), content] as const];
  return {
    files: new Map([...files.map(([name, bytes]) => [`widget/${name}`, bytes] as const), ['widget.js', content]]),
    path,
    integrity: `sha384-${createHash('sha384').update(content).digest('base64')}`,
  };
}

const nameOf = (content: Uint8Array) => `${createHash('sha256').update(content).digest('hex').slice(0, 10)}.js`;

/**
 * Modules of earlier builds, which pages still name with their integrity hashes.
 *
 * @throws {Error} where one is not what its name says: such a page would refuse it
 */
export async function keptWidgets(folder = KEPT): Promise<Map<string, Uint8Array>> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.js'));
  const kept = new Map<string, Uint8Array>();
  for (const name of names) {
    const content = await readFile(join(folder, name));
    if (nameOf(content) !== name)
      throw new Error(`${join(folder, name)} was changed: take it back from version control.`);
    kept.set(name, content);
  }
  return kept;
}

/** File name → content: the module, and the binaries that it names. */
async function modulesOf(from: string, entryNames: string, ...plugins: Plugin[]): Promise<Map<string, Uint8Array>> {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [join(root, from)],
    bundle: true,
    // The client from its source: nothing has to be built before.
    conditions: ['glimpse-source'],
    format: 'esm',
    target: BROWSERS,
    minify: true,
    legalComments: 'none',
    write: false,
    outdir: join(root, 'widget'),
    entryNames,
    assetNames: '[name]-[hash]',
    loader: { '.wasm': 'file' },
    banner: {
      js: '/*! Glimpse, Apache-2.0. With Lit, BSD-3-Clause, and TensorFlow.js, Apache-2.0, (c) Google LLC. */',
    },
    plugins: [styleSheets, withoutGlue, ...plugins],
    logLevel: 'silent',
  });
  return new Map(outputFiles.map(({ path, contents }) => [basename(path), contents]));
}

/** Leaves an import to the browser, under the name that the build gave to what it imports. */
function loadedFrom(filter: RegExp, path: string): Plugin {
  return { name: 'loaded-from', setup: ({ onResolve }) => onResolve({ filter }, () => ({ path, external: true })) };
}

/** As `[alias]` in wrangler.toml does for the Worker: tfjs' own start of its WASM is replaced (wasm-host.ts). */
const withoutGlue: Plugin = {
  name: 'without-glue',
  setup({ onResolve }) {
    onResolve({ filter: /\/wasm-out\/tfjs-backend-wasm.*\.js$/ }, () => ({
      path: join(root, 'shared/src/model/runtime/no-glue.ts'),
    }));
  },
};

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
