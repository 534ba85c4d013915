/** The table of formats is consistent, and the docs name every format in it. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import test from 'node:test';
import { encode } from '@glimpse/test/support/image/any-format';
import sharp from 'sharp';
import { formatNames, formats, imageFormats, listFormats, otherFormats } from './formats.ts';
import { sniff } from './sniff.ts';

const red = () => sharp({ create: { width: 20, height: 10, channels: 3, background: 'red' } });

for (const format of imageFormats) {
  test(`the magic bytes of ${format} are recognized`, async () => {
    assert.deepEqual(sniff(await encode(format, red())), { kind: format, name: formatNames[format] });
  });
}

test('each extension and each media type belongs to one format', () => {
  const extensions = [...Object.values(formats), ...otherFormats].flatMap((row) => row.extensions);
  const mediaTypes = Object.values(formats).flatMap((row) => row.mediaTypes);
  assert.equal(new Set<string>(extensions).size, extensions.length);
  assert.equal(new Set(mediaTypes).size, mediaTypes.length);
});

test('listFormats names all formats as a sentence does', () => {
  assert.equal(listFormats('or'), 'JPEG, PNG, WebP or GIF');
});

const docs = (page: string) => readFile(new URL(`../../../docs/${page}`, import.meta.url), 'utf8');

test('docs/decoding.md has one row for each format', async () => {
  const section = (await docs('decoding.md')).split('\n## ')[0]!;
  const names = [...section.matchAll(/^\| (\w+) \|/gm)].map(([, name]) => name);
  assert.deepEqual(names.slice(1).sort(), Object.values(formatNames).sort());
});

for (const [page, conjunction] of [
  ['api.md', 'or'],
  ['model-card.md', 'or'],
  ['feedback.md', 'or'],
  ['image-folders.md', 'and'],
] as const) {
  test(`docs/${page} lists the formats`, async () => {
    assert.ok((await docs(page)).replace(/\s+/g, ' ').includes(listFormats(conjunction)));
  });
}

test('docs/api.md lists the formats that an answer can name', async () => {
  const list = imageFormats.map((format) => `\`${format}\``).join(', ');
  assert.ok((await docs('api.md')).replace(/\s+/g, ' ').includes(list));
});
