import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { crc32 } from 'node:zlib';
import { classEntries, type Entries, noisePng, writeEntries } from '@glimpse/test/support/training/image-folder';
import { fingerprint } from '../data-set.ts';
import { type ImageFolderOptions, openImageFolder } from './image-folder.ts';

const folder = await mkdtemp(join(tmpdir(), 'glimpse-image-folder-'));
after(() => rm(folder, { recursive: true }));
process.env.GLIMPSE_CACHE = join(folder, 'cache');

const options: ImageFolderOptions = {
  target: { height: 8, width: 8, channels: 3, fit: 'stretch' },
  split: { seed: 1, validation: 0.1, test: 0.1 },
  maxUnreadable: 0.01,
};

const open = (path: string, change: Partial<ImageFolderOptions> = {}) =>
  openImageFolder(path, { ...options, ...change }, () => {});

async function made(name: string, entries: Entries): Promise<string> {
  const root = join(folder, name);
  await mkdir(root);
  await writeEntries(root, entries);
  return root;
}

test('each image has the pixels, the class and the path of its file', async () => {
  const entries = classEntries(['b', 'a', 'c'], 20);
  const root = await made('Étude 1', entries);
  const { data, datasetReport } = await open(root);
  assert.equal(data.name, 'etude-1');
  assert.deepEqual(data.labels, ['a', 'b', 'c']);
  assert.deepEqual(datasetReport.counts, { train: [16, 16, 16], validation: [2, 2, 2], test: [2, 2, 2] });
  const seen = new Set<string>();
  for (const part of ['train', 'validation', 'test'] as const) {
    for (let i = 0; i < data[part].count; i++) {
      const path = data.pathOf!(part, i);
      seen.add(path);
      const { pixels, classes } = data[part].take([i]);
      assert.equal(data.labels[classes[0]!], path.split('/')[0]);
      const { default: sharp } = await import('sharp');
      assert.deepEqual(
        Buffer.from(pixels),
        await sharp(await noisePng(entries[path]!))
          .raw()
          .toBuffer(),
      );
    }
  }
  assert.equal(seen.size, 60);
});

test('more than 256 classes keep their indices', async () => {
  const names = Array.from({ length: 300 }, (_, i) => `class-${String(i).padStart(3, '0')}`);
  const { data } = await open(await made('many', classEntries(names, 3)));
  assert.deepEqual(
    [...data.test.classes],
    names.map((_, i) => i),
  );
});

test('the second time nothing is decoded, and the result is the same', async () => {
  const root = await made('twice', classEntries(['a', 'b'], 30));
  const first = await open(root);
  let decoded = 0;
  const again = await openImageFolder(root, options, () => decoded++);
  assert.equal(decoded, 0);
  assert.equal(again.fingerprint, first.fingerprint);
  assert.equal(again.fingerprint, fingerprint(again.data));
  assert.deepEqual(again.statistics, first.statistics);
});

test('the fingerprint depends on the pixels, not on file times or the location of the folder', async () => {
  const root = await made('moving', classEntries(['a', 'b'], 30, 500));
  const first = await open(root);
  await utimes(join(root, 'a/0.png'), 1, 1);
  assert.equal((await open(root)).fingerprint, first.fingerprint);
  const moved = join(folder, 'moved');
  await rename(root, moved);
  assert.equal((await open(moved)).fingerprint, first.fingerprint);
  await writeFile(join(moved, 'a/0.png'), await noisePng(9999));
  assert.notEqual((await open(moved)).fingerprint, first.fingerprint);
});

test('another split needs no decoding; each color mode, size and fit is cached separately', async () => {
  const root = await made('other', classEntries(['a', 'b'], 30, 100));
  const { cache, fingerprint: one } = await open(root);
  const seeded = await open(root, { split: { ...options.split, seed: 2 } });
  assert.equal(seeded.cache.key, cache.key);
  assert.notEqual(seeded.fingerprint, one);
  for (const change of [{ channels: 1 as const }, { height: 16, width: 16 }, { fit: 'cover' as const }]) {
    const target = { ...options.target, ...change };
    const { data, cache: other } = await open(root, { target });
    assert.notEqual(other.key, cache.key);
    assert.deepEqual(data.shape, [target.height, target.width, target.channels]);
  }
});

test('unreadable files are skipped and listed, up to the allowed share', async () => {
  const bad = Object.fromEntries(Array.from({ length: 8 }, (_, i) => [`a/bad-${i}.jpg`, i % 2 ? '' : 'no image']));
  const root = await made('bad', { ...classEntries(['a', 'b'], 40), ...bad });
  await assert.rejects(open(root), (error: Error & { code: string }) => {
    assert.equal(error.code, 'data-unreadable');
    assert.match(error.message, /8 of 88 files in .* cannot be read \(9\.09%\); the limit is 1% \(--max-unreadable\)/);
    assert.match(error.message, /a\/bad-0\.jpg: this is text; convert it.*a\/bad-1\.jpg: empty file/s);
    assert.match(error.message, /Full list: .*unreadable\.txt/);
    return true;
  });
  const { datasetReport, data } = await open(root, { maxUnreadable: 0.1 });
  assert.equal(datasetReport.unreadable.count, 8);
  assert.equal(datasetReport.unreadable.examples.length, 5);
  assert.equal((await readFile(datasetReport.unreadable.list, 'utf8')).trim().split('\n').length, 8);
  assert.equal(data.train.count + data.validation.count + data.test.count, 80);
});

test('a folder with only empty or corrupt files is rejected with the reason', async () => {
  const filled = (content: string) =>
    Object.fromEntries(Object.keys(classEntries(['a', 'b'], 30)).map((path) => [path, content]));
  await assert.rejects(open(await made('zero', filled(''))), {
    message: /60 of 60 files .* cannot be read \(100%\).*empty file/s,
  });
  await assert.rejects(open(await made('corrupt', filled('\x89PNG\r\n\x1a\nrest'))), { message: /60 of 60 files/ });
  await assert.rejects(open(join(folder, 'zero'), { maxUnreadable: 1 }), {
    code: 'data-invalid',
    message: /The classes "a", "b" in .*: no image can be read/,
  });
});

test('images that are too large are rejected with the reason, without decoding', async () => {
  // A signature and a header that declares 20,000 x 20,000 pixels.
  const header = Buffer.from('0000000d49484452' + '00004e20' + '00004e20' + '0802000000', 'hex');
  const crc = Buffer.alloc(4);
  crc.writeUInt32BE(crc32(header.subarray(4)));
  const png = Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), header, crc]);
  const paths = Object.keys(classEntries(['a', 'b'], 30));
  await assert.rejects(open(await made('huge', Object.fromEntries(paths.map((path) => [path, png])))), {
    code: 'data-unreadable',
    message: /60 of 60 files .*20000 x 20000 = 400000000 pixels, more than the limit of 50000000/s,
  });
});

const refused: [string, Entries, RegExp][] = [
  [
    'an empty class',
    { ...classEntries(['a', 'b'], 30), 'empty/note.txt': 'x' },
    /The class "empty" in .* has no images\. Add some, or remove the class/,
  ],
  ['one class', classEntries(['a'], 60), /only one class, "a"; a classifier needs at least 2/],
  ['too few images', classEntries(['a', 'b'], 24), /has 48 images; at least 50 are needed/],
  [
    'too many classes',
    classEntries(
      Array.from({ length: 1001 }, (_, i) => `c${i}`),
      1,
    ),
    /has 1001 classes; the maximum is 1000/,
  ],
  [
    'a class of two',
    { ...classEntries(['a', 'b'], 30), ...classEntries(['few'], 2, 900) },
    /"few" has 2 distinct images/,
  ],
  ['names equal but for case', classEntries(['Dog', 'dog'], 30), /"Dog" and "dog"/],
  [
    'a class that is in test alone',
    { ...prefixed('train', classEntries(['a', 'b'], 30)), ...prefixed('test', classEntries(['a', 'z'], 5, 100)) },
    /The class "z" in .*: no image is in the training part\. Add some/,
  ],
];
for (const [name, entries, message] of refused) {
  test(`${name} is rejected`, async () => {
    await assert.rejects(open(await made(name, entries)), { code: 'data-invalid', message });
  });
}

function prefixed(part: string, entries: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(entries).map(([path, number]) => [`${part}/${path}`, number]));
}

test('more than a million rows are rejected before any image is opened', async () => {
  const path = join(folder, 'million.csv');
  await writeFile(path, `path,label\n${Array.from({ length: 1_000_001 }, (_, i) => `${i}.png,${i % 2}\n`).join('')}`);
  await assert.rejects(open(path), { code: 'data-invalid', message: /has more than 1,000,000 images/ });
});

test('a path that does not exist is rejected', async () => {
  await assert.rejects(open(join(folder, 'nowhere')), {
    code: 'data-unavailable',
    message: /nowhere is neither a folder nor a CSV/,
  });
});

test('given parts are kept; equal images across parts or classes are reported', async () => {
  const root = await made('given', {
    ...prefixed('train', classEntries(['a', 'b'], 30)),
    ...prefixed('val', classEntries(['a', 'b'], 5, 100)),
    ...prefixed('test', classEntries(['a', 'b'], 5, 200)),
    'test/a/copy.png': 0,
    'test/b/odd.png': 1,
  });
  const { datasetReport } = await open(root);
  assert.deepEqual(datasetReport.counts, { train: [30, 30], validation: [5, 5], test: [6, 6] });
  assert.deepEqual(datasetReport.givenParts, ['train', 'validation', 'test']);
  assert.deepEqual(datasetReport.duplicates, {
    sameFile: 2,
    samePixels: 0,
    acrossParts: {
      count: 2,
      examples: [
        ['test/a/copy.png', 'train/a/0.png'],
        ['test/b/odd.png', 'train/a/1.png'],
      ],
    },
    acrossClasses: { count: 1, examples: [['test/b/odd.png', 'train/a/1.png']] },
  });
});

test('different files with the same pixels are duplicates too, and stay in one part', async () => {
  const { default: sharp } = await import('sharp');
  const entries: Record<string, number | Uint8Array> = classEntries(['a', 'b'], 30);
  for (let i = 0; i < 30; i++)
    entries[`a/again-${i}.png`] = await sharp(await noisePng(i))
      .png({ compressionLevel: 0 })
      .toBuffer();
  const { datasetReport } = await open(await made('same-pixels', entries));
  assert.deepEqual([datasetReport.duplicates.sameFile, datasetReport.duplicates.samePixels], [0, 30]);
  assert.equal(datasetReport.duplicates.acrossParts.count, 0);
});

test('the majority class is determined on the training part and measured on the test part', async () => {
  const { datasetReport } = await open(
    await made('uneven', { ...classEntries(['a'], 20), ...classEntries(['b'], 60, 100) }),
  );
  assert.deepEqual(datasetReport.majority, { label: 'b', share: 6 / 8 });
});

test('a class without test images is a warning', async () => {
  const root = await made('untested', {
    ...prefixed('train', classEntries(['a', 'b'], 30)),
    ...prefixed('test', classEntries(['a'], 5, 200)),
  });
  const { datasetReport } = await open(root);
  assert.match(datasetReport.warnings.join(), /The class "b": no image is in the test part/);
});
