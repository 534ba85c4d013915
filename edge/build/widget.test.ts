import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { pathToFileURL } from 'node:url';
import { buildWidget, keptWidgets } from './widget.ts';

const folder = await mkdtemp(join(tmpdir(), 'glimpse-widget-'));
after(() => rm(folder, { recursive: true }));

test('both URLs have the same single module, and its name and integrity match its content', async () => {
  const { files, path, integrity } = await buildWidget();
  const content = files.get(path)!;
  assert.equal(files.get('widget.js'), content);
  assert.equal(path, `widget/${createHash('sha256').update(content).digest('hex').slice(0, 10)}.js`);
  assert.equal(integrity, `sha384-${createHash('sha384').update(content).digest('base64')}`);
  const text = new TextDecoder().decode(content);
  assert.doesNotMatch(text, /(^|[;}])import\s*["'{]/m, 'it has no static imports');
  const [, device] = /import\("\/(widget\/device-\w+\.js)"\)/.exec(text) ?? [];
  assert.ok(files.has(device!), device);
});

test('a kept module is served; a changed one fails the build', async () => {
  const content = 'export {};\n';
  const name = `${createHash('sha256').update(content).digest('hex').slice(0, 10)}.js`;
  await writeFile(join(folder, name), content);
  assert.deepEqual([...(await keptWidgets(folder)).keys()], [name]);
  await writeFile(join(folder, name), `${content}//`);
  await assert.rejects(keptWidgets(folder), /was changed/);
});

test('without a folder of kept modules there are none', async () => {
  assert.equal((await keptWidgets(join(folder, 'none'))).size, 0);
});

test('a server without a DOM can import the module, which defines nothing there', async () => {
  const { files } = await buildWidget();
  const path = join(folder, 'widget.mjs');
  await writeFile(path, files.get('widget.js')!);
  const before = Object.getOwnPropertyNames(globalThis).sort();
  await import(pathToFileURL(path).href);
  const lit = ['litElementVersions', 'litHtmlVersions', 'reactiveElementVersions', 'litPropertyMetadata'];
  assert.deepEqual(
    Object.getOwnPropertyNames(globalThis)
      .filter((name) => !lit.includes(name))
      .sort(),
    before,
  );
});
