import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import fc from 'fast-check';
import { listCsv } from './list-csv.ts';

const folder = await mkdtemp(join(tmpdir(), 'glimpse-list-csv-'));
after(() => rm(folder, { recursive: true }));
await mkdir(join(folder, 'in'));
await writeFile(join(folder, 'in/1.png'), 'ab');
const outside = join(folder, 'outside.png');
await writeFile(outside, 'abc');

async function listed(text: string | Buffer) {
  const file = join(folder, 'list.csv');
  await writeFile(file, text);
  const { labels, files, skipped } = await listCsv(file);
  const rows = files.map((entry) => ({
    path: entry.path,
    label: labels[entry.class],
    part: entry.part,
    size: entry.size,
  }));
  return { labels, rows, skipped };
}

test('paths are relative to the CSV; other columns are ignored', async () => {
  const { labels, rows } = await listed('id,Label,path\n1,dog,in/1.png\n2,cat,./in/none.png\n');
  assert.deepEqual(labels, ['cat', 'dog']);
  assert.deepEqual(rows, [
    { path: 'in/1.png', label: 'dog', part: undefined, size: 2 },
    { path: 'in/none.png', label: 'cat', part: undefined, size: 0 },
  ]);
});

test('semicolons, tabs, quotes, a byte order mark and Windows line ends are read', async () => {
  const expected = [{ path: 'a,b.png', label: 'x "y"', part: undefined, size: 0 }];
  assert.deepEqual((await listed('path;label\r\na,b.png;"x ""y"""\r\n')).rows, expected);
  assert.deepEqual((await listed('\ufeffpath\tlabel\na,b.png\t"x ""y"""\n\n')).rows, expected);
  assert.deepEqual((await listed('"path", "label"\n"a,b.png","x ""y"""')).rows, expected);
});

test('a split column sets the parts', async () => {
  const { rows } = await listed('path,label,split\na,x,train\nb,x,VAL\nc,x,test\n');
  assert.deepEqual(
    rows.map(({ part }) => part),
    ['train', 'validation', 'test'],
  );
});

test('an absolute path may be anywhere', async () => {
  const { rows } = await listed(`path,label\n${outside},x\n`);
  assert.deepEqual(rows, [{ path: outside, label: 'x', part: undefined, size: 3 }]);
});

test('a duplicate row is skipped and counted', async () => {
  const { rows, skipped } = await listed('path,label\na,x\n./a,x\n');
  assert.equal(rows.length, 1);
  assert.deepEqual(skipped, [{ why: 'duplicate rows', count: 1, examples: ['line 3'] }]);
});

const invalidCsvs: [string, RegExp][] = [
  ['file,class\na,x\n', /needs a header line with the columns path and label.*The first line is: file, class/],
  ['path,label,path\na,x,b\n', /once each/],
  ['path,label\n../a.png,x\n', /line 2: \.\.\/a\.png is outside of the CSV's folder/],
  ['path,label\nin/../../a.png,x\n', /is outside/],
  ['path,label\na.png,x\na.png,y\n', /lines 2 and 3: a\.png is listed twice with different labels/],
  ['path,label\n,x\n', /line 2: no path/],
  ['path,label\na.png,\n', /line 2: a\.png has no label/],
  ['path,label,split\na.png,x,dev\n', /line 2: the split "dev" must be train, val or test/],
  ['path,label,split\na.png,x,train\nb.png,x,\n', /line 3: the split is empty, but other rows have one/],
  ['path,label\na.png,x,y\n', /is not a CSV of paths and labels: .*line 2/],
  ['path,label\n"a.png,x\n', /is not a CSV of paths and labels: Quote Not Closed/],
  ['path,label\na,Cat\nb,cat\n', /"Cat" and "cat"/],
];
for (const [text, message] of invalidCsvs) {
  test(`${JSON.stringify(text)} is rejected`, async () => {
    await assert.rejects(listed(text), { code: 'data-invalid', message });
  });
}

test('any CSV gives either a listing or an error with a remedy', async () => {
  const cell = fc.oneof(fc.string(), fc.constantFrom('a', 'b', '"', 'train', '../x', '/x', ''));
  const text = fc
    .array(fc.array(cell, { maxLength: 4 }), { maxLength: 5 })
    .map((rows) => ['path,label', ...rows.map((row) => row.join(','))].join('\n'));
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        text,
        fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
      ),
      async (content) => {
        await listed(content).catch((error) => assert.equal(error.code, 'data-invalid', error.stack));
      },
    ),
    { numRuns: 200 },
  );
});

test('paths and labels survive a CSV round trip', async () => {
  // Spaces at the ends are taken off, and a path is made simple: names without either.
  const name = fc.string({ minLength: 1, maxLength: 12 }).filter((text) => /^[^\s./\\\0]+$/.test(text));
  const row = fc.record({ path: name, label: fc.constantFrom('x', 'y;z', 'q"q', 'a,b') });
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(row, { minLength: 1, selector: ({ path }) => path }), async (rows) => {
      const text = ['path,label', ...rows.map(({ path, label }) => `${quoted(path)},${quoted(label)}`)].join('\n');
      const out = (await listed(text)).rows.map(({ path, label }) => [path, label]);
      assert.deepEqual(new Map(out as [string, string][]), new Map(rows.map(({ path, label }) => [path, label])));
    }),
    { numRuns: 100 },
  );
});
