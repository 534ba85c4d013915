import assert from 'node:assert/strict';
import test from 'node:test';
import { limitsSchema, pixelLimits } from '@glimpse/shared/api/limits';
import { MAX_WORK, WorkMeter } from '@glimpse/shared/image/decode/work-meter';
import { ImageError } from '@glimpse/shared/image/image-error';
import { nodeImageReader } from '@glimpse/shared/image/node';
import { contractOf } from '../support/image/jpeg-fixture.ts';
import { crafted, honest } from './crafted.ts';

const readImage = nodeImageReader();
const limits = pixelLimits(limitsSchema.parse({}));
const target = contractOf({ width: 32, height: 32, channels: 3 });

/** The units of work, and the limit that refused the file. */
async function workOf(bytes: Uint8Array): Promise<{ spent: number; limit: unknown }> {
  const work = new WorkMeter();
  try {
    await readImage(bytes, target, limits, work);
    return { spent: work.spent, limit: undefined };
  } catch (error) {
    assert.ok(error instanceof ImageError, String(error));
    return { spent: work.spent, limit: error.details.limit };
  }
}

test('an honest photo of 12 megapixels needs a fifteenth of the limit at most', async () => {
  const { spent, limit } = await workOf(await honest.make());
  assert.equal(limit, undefined);
  assert.ok(spent <= MAX_WORK / 15, `${spent} units`);
});

for (const name of [
  'Huffman tables of one code',
  'Huffman tables of 255 codes',
  'restart intervals of one MCU',
  'empty blocks with tables',
  'empty fixed blocks',
  'empty blocks in a profile',
  'one code per pixel, 50 MP',
  'clear codes',
]) {
  test(`work that no image needs is counted and refused: ${name}`, async () => {
    const { make } = crafted.find((each) => each.name === name)!;
    const { spent, limit } = await workOf(await make());
    assert.equal(limit, MAX_WORK);
    assert.ok(spent > MAX_WORK);
  });
}

for (const name of ['quantization tables', 'empty segments', 'stray restart markers', 'stray stuffed zeros']) {
  test(`every byte of a JPEG counts as work: ${name}`, async () => {
    const { make } = crafted.find((each) => each.name === name)!;
    assert.ok((await workOf(await make())).spent > MAX_WORK / 4);
  });
}
