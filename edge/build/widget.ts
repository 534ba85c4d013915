/**
 * `/widget.js` and the modules that it loads. The same module is at `/widget/<hash>.js`, which never changes, so that a page
 * can pin it by its integrity hash. `npm run keep-widget` keeps pinned versions across deployments.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { build, type Plugin, transform } from 'esbuild';
import type { Builder } from './build.ts';

const root = join(import.meta.dirname, '../..');

/** Versions that pages have pinned. Committed, because they cannot be built again. */
export const KEPT = join(root, 'edge/widget/kept');

export const widget: Builder = async () => (await buildWidget()).files;

export interface BuiltWidget {
  /** Path relative to the root of the site → content. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Path of the widget's module, relative to the root. */
  readonly path: string;
  /** Value of the attribute `integrity` for the widget's module. */
  readonly integrity: string;
}

/** Browsers since 2022: private methods, top-level await, and adopted style sheets. */
export const BROWSERS = 'es2022';

let built: Promise<BuiltWidget> | undefined;

/** Cached, because two builders need it. */
export function buildWidget(): Promise<BuiltWidget> {
  built ??= bundle();
  return built;
}

async function bundle(): Promise<BuiltWidget> {
  // Bundled separately: esbuild's code splitting would move shared code to a third module, which no integrity hash covers.
  const device = await modulesOf('edge/widget/device/device.ts', 'device-[hash]');
  const devicePath = [...device.keys()].find((name) => name.endsWith('.js'))!;
  // An absolute path, because the widget has two URLs.
  const external = externalModule(/\/device\.ts$/, `/widget/${devicePath}`);
  const [[, content]] = [...(await modulesOf('edge/widget/widget.ts', 'widget', external))] as [[string, Uint8Array]];
  const path = `widget/${nameOf(content)}`;
  const types = await readFile(join(root, 'edge/widget/types/widget.d.ts'));
  const files = [...(await keptWidgets()), ...device, [nameOf(content), content] as const];
  return {
    files: new Map([
      ...files.map(([name, bytes]) => [`widget/${name}`, bytes] as const),
      ['widget.js', content],
      ['widget.d.ts', types],
    ]),
    path,
    integrity: `sha384-${createHash('sha384').update(content).digest('base64')}`,
  };
}

const nameOf = (content: Uint8Array) => `${createHash('sha256').update(content).digest('hex').slice(0, 10)}.js`;

/**
 * Modules of earlier builds that pages still pin by their integrity hashes.
 *
 * @throws {Error} if the content of one does not match its hash, because browsers would reject it
 */
export async function keptWidgets(folder = KEPT): Promise<Map<string, Uint8Array>> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.js'));
  const kept = new Map<string, Uint8Array>();
  for (const name of names) {
    const content = await readFile(join(folder, name));
    if (nameOf(content) !== name)
      throw new Error(`${join(folder, name)} was changed. Restore it from version control.`);
    kept.set(name, content);
  }
  return kept;
}

/** File name → content: the module and the binaries that it imports. */
async function modulesOf(from: string, entryNames: string, ...plugins: Plugin[]): Promise<Map<string, Uint8Array>> {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [join(root, from)],
    bundle: true,
    // Resolves the client to its source, so that it need not be built first.
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
    inject: [join(root, 'edge/widget/server-globals.ts')],
    plugins: [styleSheets, templates, withoutGlue, ...plugins],
    logLevel: 'silent',
  });
  return new Map(outputFiles.map(({ path, contents }) => [basename(path), contents]));
}

/** Leaves an import to the browser, under the given path. */
function externalModule(filter: RegExp, path: string): Plugin {
  return { name: 'external-module', setup: ({ onResolve }) => onResolve({ filter }, () => ({ path, external: true })) };
}

/** Like `[alias]` in wrangler.toml for the Worker: replaces tfjs' WASM start-up code (wasm-host.ts). */
const withoutGlue: Plugin = {
  name: 'without-glue',
  setup({ onResolve }) {
    onResolve({ filter: /\/wasm-out\/tfjs-backend-wasm.*\.js$/ }, () => ({
      path: join(root, 'shared/src/model/runtime/no-glue.ts'),
    }));
  },
};

/** Imports a style sheet as minified text, for the shadow root. */
const styleSheets: Plugin = {
  name: 'style-sheets',
  setup({ onLoad }) {
    onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const { code } = await transform(await readFile(path, 'utf8'), { loader: 'css', minify: true });
      return { contents: code, loader: 'text' };
    });
  },
};

/** Collapses the line breaks and indentation of the HTML templates, as a browser does. */
const templates: Plugin = {
  name: 'templates',
  setup({ onLoad }) {
    onLoad({ filter: /\/edge\/widget\/view\.ts$/ }, async ({ path }) => {
      const options = { loader: 'ts', minifyWhitespace: true, target: BROWSERS } as const;
      const { code } = await transform(await readFile(path, 'utf8'), options);
      // In minified code, only templates have line breaks.
      return { contents: code.trim().replace(/\s*\n\s*/g, ' '), loader: 'js' };
    });
  },
};
