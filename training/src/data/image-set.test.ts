import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { ImageSet } from './image-set.ts';

const folder = await mkdtemp(join(tmpdir(), 'glimpse-image-set-'));
after(() => rm(folder, { recursive: true }));

const pixels = Uint8Array.from({ length: 5 * 12 }, (_, i) => i);
const classes = Uint16Array.of(4, 300, 0, 7, 7);
const path = join(folder, 'pixels.bin');
await writeFile(path, pixels);

const sets = {
  'in memory': ImageSet.inMemory(pixels, classes),
  'in a file': new ImageSet({ pixels: path, imageBytes: 12, classes }),
};

for (const [where, set] of Object.entries(sets)) {
  test(`${where}: images are returned in the requested order, with their classes`, () => {
    const taken = set.take([3, 0, 3]);
    assert.deepEqual([...taken.pixels.filter((_, i) => i % 12 === 0)], [36, 0, 36]);
    assert.deepEqual(taken.classes, Uint16Array.of(7, 4, 7));
  });

  test(`${where}: a range ends at the end of the set`, () => {
    const taken = set.range(3, 10);
    assert.deepEqual(taken.pixels, pixels.slice(36));
    assert.equal(taken.classes.length, 2);
  });
}

test('a file that is too short is an error, not an image of zeros', () => {
  const short = new ImageSet({ pixels: path, imageBytes: 13, classes });
  assert.throws(() => short.take([4]), /truncated within image 4/);
});
