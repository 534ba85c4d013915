import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { buildWidget, keptWidgets } from './widget.ts';

const folder = await mkdtemp(join(tmpdir(), 'glimpse-widget-'));
after(() => rm(folder, { recursive: true }));

test('the widget is one module under both of its addresses, and its name and integrity are those of its content', async () => {
  const { files, path, integrity } = await buildWidget();
  const content = files.get(path)!;
  assert.equal(files.get('widget.js'), content);
  assert.equal(path, `widget/${createHash('sha256').update(content).digest('hex').slice(0, 10)}.js`);
  assert.equal(integrity, `sha384-${createHash('sha384').update(content).digest('base64')}`);
  const text = new TextDecoder().decode(content);
  assert.doesNotMatch(text, /(^|[;}])import\s*["'{]/m, 'nothing is loaded beside it');
  const [, device] = /import\("\/(widget\/device-\w+\.js)"\)/.exec(text) ?? [];
  assert.ok(files.has(device!), device);
});

test('a module that was kept is served on; one that was changed stops the build', async () => {
  const content = 'export {};\n';
  const name = `${createHash('sha256').update(content).digest('hex').slice(0, 10)}.js`;
  await writeFile(join(folder, name), content);
  assert.deepEqual([...(await keptWidgets(folder)).keys()], [name]);
  await writeFile(join(folder, name), `${content}//`);
  await assert.rejects(keptWidgets(folder), /was changed/);
});

test('where nothing was kept there is nothing', async () => {
  assert.equal((await keptWidgets(join(folder, 'none'))).size, 0);
});
