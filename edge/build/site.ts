/** The demo page at `/`, and /embed with the HTML that puts the widget on a page. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { build } from 'esbuild';
import { languages } from '../widget/texts/language.ts';
import type { Builder } from './build.ts';
import { BROWSERS, buildWidget } from './widget.ts';

const root = join(import.meta.dirname, '../..');
const folder = join(root, 'edge/site');

export const site: Builder = async () => {
  const [widget, scripts, samples] = await Promise.all([buildWidget(), bundle(), readSamples()]);
  const values: Record<string, string> = {
    widget: widget.path,
    integrity: widget.integrity,
    style: `/${scripts.get('site.css')!.path}`,
    demo: `/${scripts.get('demo.js')!.path}`,
    embed: `/${scripts.get('embed.js')!.path}`,
    languages: Object.keys(languages).map(languageOption).join(''),
    samples: samples.map(({ name, path }) => sampleButton(name, path)).join('\n'),
  };
  const page = async (name: string) => fillIn(await readFile(join(folder, name), 'utf8'), values);
  return new Map<string, string | Uint8Array>([
    ['index.html', await page('index.html')],
    ['embed.html', await page('embed.html')],
    ['site/icon.svg', await readFile(join(folder, 'icon.svg'))],
    // The Worker renders the page for the iframe and does not know the hash.
    ['site/frame.css', scripts.get('frame.css')!.content],
    ...[...scripts.values()].map(({ path, content }) => [path, content] as const),
    ...samples.map(({ path, content }) => [path, content] as const),
  ]);
};

interface BuiltFile {
  readonly path: string;
  readonly content: Uint8Array;
}

/** Scripts and style sheets, by their name without the hash. */
async function bundle(): Promise<Map<string, BuiltFile>> {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: ['demo.ts', 'embed.ts', 'site.css', 'frame.css'].map((name) => join(folder, name)),
    bundle: true,
    format: 'esm',
    target: BROWSERS,
    minify: true,
    write: false,
    outdir: join(root, 'site'),
    logLevel: 'silent',
  });
  return new Map(
    outputFiles.map(({ path, contents }) => {
      const hash = createHash('sha256').update(contents).digest('hex').slice(0, 10);
      const name = basename(path);
      return [name, { path: `site/${name.replace('.', `-${hash}.`)}`, content: contents }] as const;
    }),
  );
}

async function readSamples() {
  const names = (await readdir(join(root, 'examples'))).filter((name) => name.endsWith('.png')).sort();
  return Promise.all(
    names.map(async (file) => ({
      name: basename(file, '.png'),
      path: `site/samples/${file}`,
      content: await readFile(join(root, 'examples', file)),
    })),
  );
}

/** Named in the language itself: Deutsch, 한국어. */
function languageOption(code: string): string {
  const name = new Intl.DisplayNames([code], { type: 'language' }).of(code);
  return `<option value="${code}" lang="${code}">${name}</option>`;
}

function sampleButton(name: string, path: string): string {
  return `<li><button type="button"><img src="/${path}" alt="${name}" width="32" height="32"></button></li>`;
}

function fillIn(page: string, values: Record<string, string>): string {
  return page.replace(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined)
      throw new Error(`A page in edge/site contains {{${name}}}. Add a value for it to edge/build/site.ts.`);
    return value;
  });
}
