/** The widget in React, Preact, Vue, Svelte and plain HTML: its key, its events and its types. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { promisify } from 'node:util';
import { createKeyText } from '@glimpse/shared/access/key-text';
import { build, type Plugin } from 'esbuild';
import { ROOT } from '../support/worker/start-worker.ts';
import { browserLacks } from './browser.ts';
import { example, type Fixture, openFixture } from './widget-fixture.ts';

const fixture: Fixture | undefined = browserLacks ? undefined : await openFixture();
after(() => fixture?.close());

const here = { skip: browserLacks, timeout: 60_000 };

const require = createRequire(import.meta.url);

const KEY = createKeyText('publishable');

/** Svelte components as modules. */
const svelte: Plugin = {
  name: 'svelte',
  setup({ onLoad }) {
    onLoad({ filter: /\.svelte$/ }, async ({ path }) => {
      const { js } = require('svelte/compiler').compile(await readFile(path, 'utf8'), {
        filename: path,
        generate: 'client',
      });
      return { contents: js.code, loader: 'js' };
    });
  },
};

/** Source of an app whose only element is the widget, by the name of the setting that has the key. */
const apps: Readonly<Record<string, (key: string, endpoint: string) => Record<string, string>>> = {
  React: (key, endpoint) => ({
    'app.jsx': `import { createRoot } from 'react-dom/client';
      const heard = ({ detail }) => { document.title = detail.code; };
      createRoot(document.querySelector('main')).render(
        <glimpse-classify endpoint="${endpoint}" upload="original" ${key}={"${KEY}"} onglimpse-error={heard} />);`,
  }),
  Preact: (key, endpoint) => ({
    'app.jsx': `/** @jsxImportSource preact */
      import { render } from 'preact';
      const heard = ({ detail }) => { document.title = detail.code; };
      render(<glimpse-classify endpoint="${endpoint}" upload="original" ${key}={"${KEY}"} onglimpse-error={heard} />,
        document.querySelector('main'));`,
  }),
  Vue: (key, endpoint) => ({
    'app.js': `import { createApp } from 'vue/dist/vue.esm-bundler.js';
      const app = createApp({
        data: () => ({ key: '${KEY}' }),
        methods: { heard({ detail }) { document.title = detail.code; } },
        template: '<glimpse-classify endpoint="${endpoint}" upload="original" :${key}="key" @glimpse-error="heard" />',
      });
      app.config.compilerOptions.isCustomElement = (tag) => tag.includes('-');
      app.mount('main');`,
  }),
  Svelte: (key, endpoint) => ({
    'App.svelte': `<script>
        const key = '${KEY}';
        const heard = ({ detail }) => { document.title = detail.code; };
      </script>
      <glimpse-classify endpoint="${endpoint}" upload="original" ${key}={key} onglimpse-error={heard}></glimpse-classify>`,
    'app.js': `import { mount } from 'svelte';
      import App from './App.svelte';
      mount(App, { target: document.querySelector('main') });`,
  }),
  'plain HTML': (key, endpoint) => ({
    'app.js': `document.querySelector('main').innerHTML =
        '<glimpse-classify endpoint="${endpoint}" upload="original" ${key}="${KEY}"></glimpse-classify>';
      document.addEventListener('glimpse-error', ({ detail }) => { document.title = detail.code; });`,
  }),
};

/** A folder that sees the packages of this repository. */
async function scratch(): Promise<string> {
  const cache = join(ROOT, 'node_modules/.cache');
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, 'frameworks-'));
  after(() => rm(folder, { recursive: true }));
  return folder;
}

async function bundle(sources: Record<string, string>): Promise<string> {
  const folder = await scratch();
  for (const [name, source] of Object.entries(sources)) await writeFile(join(folder, name), source);
  const entry = Object.keys(sources).find((name) => name.startsWith('app.'))!;
  const { outputFiles } = await build({
    entryPoints: [join(folder, entry)],
    bundle: true,
    format: 'esm',
    jsx: 'automatic',
    minify: true,
    write: false,
    conditions: ['browser'],
    define: {
      'process.env.NODE_ENV': '"production"',
      __VUE_OPTIONS_API__: 'true',
      __VUE_PROD_DEVTOOLS__: 'false',
      __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
    },
    plugins: [svelte],
  });
  return outputFiles[0]!.text.replaceAll('</script', '<\\/script');
}

for (const [framework, app] of Object.entries(apps)) {
  for (const key of framework === 'plain HTML' ? ['api-key', 'key'] : ['api-key', 'apiKey']) {
    for (const order of ['before', 'after']) {
      test(`${framework}: ${key} is sent if the widget loads ${order} the app`, here, async () => {
        const script = `<script type="module">${await bundle(app(key, fixture!.endpoint))}</script>`;
        const { page, close } = await fixture!.open(
          order === 'before' ? fixture!.script + script : script + fixture!.script,
        );
        await page.locator('[part=base]').waitFor();
        const sent = page.waitForRequest('**/v1/classify?*');
        await page.locator('input[type=file]').setInputFiles(example('cat'));
        assert.equal((await (await sent).allHeaders()).authorization, `Bearer ${KEY}`);
        await page.waitForFunction(() => document.title === 'key-unknown');
        await close();
      });
    }
  }
}

test('the properties apiKey and key set the key, and apiKey has priority', here, async () => {
  const { page, close } = await fixture!.open(
    `${fixture!.script}<glimpse-classify endpoint="${fixture!.endpoint}" upload="original"></glimpse-classify>`,
  );
  const other = createKeyText('publishable');
  for (const [properties, expected] of [
    [{ key: other }, other],
    [{ apiKey: KEY, key: other }, KEY],
    [{ apiKey: KEY, key: undefined }, KEY],
  ] as const) {
    await page.evaluate((values) => Object.assign(document.querySelector('glimpse-classify')!, values), properties);
    const sent = page.waitForRequest('**/v1/classify?*');
    await page.locator('input[type=file]').setInputFiles(example('cat'));
    assert.equal((await (await sent).allHeaders()).authorization, `Bearer ${expected}`);
    await page.locator('[part=error]').waitFor();
  }
  await close();
});

// ── Types ──

const typesFile = join(ROOT, 'edge/widget/types/widget.d.ts');

/** Type-checks files beside widget.d.ts. @returns the compiler's messages; empty if there are none */
async function typeErrors(folder: string, sources: Record<string, string>): Promise<string> {
  await writeFile(join(folder, 'widget.d.ts'), await readFile(typesFile));
  for (const [name, source] of Object.entries(sources)) await writeFile(join(folder, name), source);
  const compilerOptions = {
    strict: true,
    noEmit: true,
    target: 'es2022',
    module: 'esnext',
    moduleResolution: 'bundler',
    lib: ['es2022', 'dom', 'dom.iterable'],
    jsx: 'react-jsx',
    types: [],
  };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['.'] }));
  const tsc = join(require.resolve('typescript/package.json'), '../bin/tsc');
  return promisify(execFile)(process.execPath, [tsc, '-p', folder]).then(
    () => '',
    ({ stdout }) => stdout,
  );
}

const jsx = `
  const right = <glimpse-classify api-key="glp_1" top-k={3} lang="ko" feedback capture="user"
    onglimpse-result={({ detail }) => console.log(detail.answer.predictions[0]?.label)} />;
  const property = <glimpse-classify apiKey="glp_1" key={1} />;
  // @ts-expect-error
  const unknown = <glimpse-classify modle="cifar10" />;
  // @ts-expect-error
  const wrong = <glimpse-classify mode="cloud" />;
  export { right, property, unknown, wrong };
`;

test('the types know the element in TSX of React and Preact, in Vue, in Svelte and in plain TypeScript', async () => {
  const errors = await typeErrors(await scratch(), {
    'react.tsx': `import 'react';${jsx}`,
    'preact.tsx': `/** @jsxImportSource preact */\nimport 'preact';${jsx}`,
    'vue.ts': `import type { GlobalComponents } from 'vue';
      type Props = InstanceType<GlobalComponents['glimpse-classify']>['$props'];
      export const right: Props = { 'api-key': 'glp_1', topK: 3 };
      // @ts-expect-error
      export const wrong: Props = { modle: 'cifar10' };`,
    'svelte.ts': `import type { SvelteHTMLElements } from 'svelte/elements';
      type Props = SvelteHTMLElements['glimpse-classify'];
      export const right: Props = { 'api-key': 'glp_1', 'onglimpse-error': ({ detail }) => console.log(detail.code) };
      // @ts-expect-error
      export const wrong: Props = { modle: 'cifar10' };`,
    'plain.ts': `const widget = document.querySelector('glimpse-classify')!;
      widget.apiKey = 'glp_1';
      widget.addEventListener('glimpse-result', ({ detail }) => console.log(detail.answer.model.version));
      // @ts-expect-error
      widget.modle = 'cifar10';`,
  });
  assert.equal(errors, '');
});

test('the types need no framework', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'glimpse-types-'));
  try {
    assert.equal(
      await typeErrors(folder, { 'app.ts': "document.querySelector('glimpse-classify')!.apiKey = '';" }),
      '',
    );
  } finally {
    await rm(folder, { recursive: true });
  }
});

/** Names of the members of an interface in widget.d.ts. */
function membersOf(types: string, name: string): string[] {
  const [, body] = new RegExp(`interface ${name} [^{]*\\{(.*?)\n\\}`, 's').exec(types)!;
  return [...body!.matchAll(/^ {2}(?:readonly )?'?([\w-]+)'?\??[:(]/gm)].map(([, member]) => member!);
}

test('the types are served, and have the attributes and properties of the element', here, async () => {
  const response = await fetch(`${fixture!.endpoint}/widget.d.ts`);
  assert.equal(response.status, 200);
  assert.match(response.headers.get('Content-Type') ?? '', /^text\/plain/);
  const types = await response.text();
  assert.equal(types, await readFile(typesFile, 'utf8'));
  const { page, close } = await fixture!.open(`${fixture!.script}<glimpse-classify></glimpse-classify>`);
  const attributes = await page.evaluate(
    () => (customElements.get('glimpse-classify') as unknown as { observedAttributes: string[] }).observedAttributes,
  );
  assert.deepEqual(
    membersOf(types, 'GlimpseClassifyAttributes').sort(),
    attributes.filter((name) => name !== 'key').sort(),
  );
  const missing = await page.evaluate(
    (names) => names.filter((name) => !(name in document.querySelector('glimpse-classify')!)),
    membersOf(types, 'GlimpseClassifyElement'),
  );
  assert.deepEqual(missing, []);
  await close();
});
