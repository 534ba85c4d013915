import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { type PartName, partNames } from './listing.ts';
import { type SplitImage, splitImages } from './split.ts';

const options = { seed: 1, validation: 0.1, test: 0.1 };

function distinct(counts: readonly number[]): SplitImage[] {
  return counts.flatMap((count, index) =>
    Array.from({ length: count }, (_, i) => ({ class: index, pixelHash: `${index}-${i}` })),
  );
}

const labelsOf = (counts: readonly number[]) => counts.map((_, index) => `class ${index}`);
const countsOf = fc.array(fc.integer({ min: 3, max: 60 }), { minLength: 2, maxLength: 6 });
const shares = fc.record({
  seed: fc.nat(),
  validation: fc.double({ min: 0.01, max: 0.45, noNaN: true }),
  test: fc.double({ min: 0.01, max: 0.45, noNaN: true }),
});

test('100 images per class become 80, 10 and 10', () => {
  const split = splitImages(distinct([100, 100, 100]), labelsOf([1, 1, 1]), options);
  assert.deepEqual([split.train.length, split.validation.length, split.test.length], [240, 30, 30]);
});

test('every image is in one part, and the split is stratified', () => {
  fc.assert(
    fc.property(countsOf, shares, (counts, choice) => {
      const images = distinct(counts);
      const split = splitImages(images, labelsOf(counts), choice);
      const all = partNames.flatMap((part) => [...split[part]]);
      assert.deepEqual(
        all.toSorted((a, b) => a - b),
        images.map((_, index) => index),
      );
      for (const [index, count] of counts.entries()) {
        const of = (part: PartName) => split[part].filter((i) => images[i]!.class === index).length;
        for (const part of partNames) assert.ok(of(part) >= 1, `${part} of ${count}`);
        // Within one of its share, unless a part would be empty otherwise.
        if (count * (1 - choice.validation - choice.test) > 2) {
          assert.ok(Math.abs(of('validation') - Math.max(1, count * choice.validation)) <= 1);
          assert.ok(Math.abs(of('test') - Math.max(1, count * choice.test)) <= 1);
        }
      }
    }),
  );
});

test('the order and the names of the images do not matter', () => {
  fc.assert(
    fc.property(countsOf, shares, fc.infiniteStream(fc.nat()), (counts, choice, ranks) => {
      const images = distinct(counts);
      const shuffled = images
        .map((image) => ({ image, rank: ranks.next().value as number }))
        .sort((a, b) => a.rank - b.rank);
      const partOfHash = (listed: readonly SplitImage[]) => {
        const split = splitImages(listed, labelsOf(counts), choice);
        return new Map(partNames.flatMap((part) => [...split[part]].map((i) => [listed[i]!.pixelHash, part])));
      };
      assert.deepEqual(partOfHash(shuffled.map(({ image }) => image)), partOfHash(images));
    }),
  );
});

test('equal images are in one part, even if their classes differ', () => {
  const image = fc.record({ class: fc.nat({ max: 2 }), pixelHash: fc.nat({ max: 30 }).map(String) });
  fc.assert(
    fc.property(fc.array(image, { maxLength: 100 }), shares, (some, choice) => {
      const images = [...distinct([5, 5, 5]), ...some];
      const split = splitImages(images, ['a', 'b', 'c'], choice);
      const partOfHash = new Map<string, PartName>();
      for (const part of partNames) {
        for (const i of split[part]) {
          const { pixelHash } = images[i]!;
          assert.equal(partOfHash.get(pixelHash) ?? part, part);
          partOfHash.set(pixelHash, part);
        }
      }
    }),
  );
});

test('the same seed gives the same split, another seed another one', () => {
  const images = distinct([50, 50]);
  const split = (seed: number) => splitImages(images, ['a', 'b'], { ...options, seed });
  assert.deepEqual(split(1), split(1));
  assert.notDeepEqual(split(1).test, split(2).test);
});

test('added images move few of the others', () => {
  const before = distinct([100, 100]);
  const after = [...before, ...Array.from({ length: 10 }, (_, i) => ({ class: 0, pixelHash: `new ${i}` }))];
  const held = new Set(splitImages(before, ['a', 'b'], options).test);
  const moved = splitImages(after, ['a', 'b'], options).train.filter((i) => held.has(i)).length;
  assert.ok(moved <= 2, `${moved} of ${held.size} test images became training images`);
});

test('given parts are kept; missing ones are taken from train', () => {
  const given = distinct([20, 20]).map((image, i): SplitImage => ({ ...image, part: i % 4 === 0 ? 'test' : 'train' }));
  const split = splitImages(given, ['a', 'b'], options);
  assert.deepEqual(
    [...split.test],
    given.flatMap(({ part }, i) => (part === 'test' ? [i] : [])),
  );
  assert.equal(split.validation.length, 4);
  assert.equal(split.train.length, 26);
});

test('a class with too few distinct images is rejected by name', () => {
  const images = [...distinct([10, 2]), { class: 1, pixelHash: '1-0' }];
  assert.throws(() => splitImages(images, ['a', 'b'], options), {
    code: 'data-invalid',
    message: /The class "b" has 2 distinct images.*, but needs 3, one for each part/,
  });
});
