import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { type PartName, partNames } from './listing.ts';
import { type SplitPicture, splitPictures } from './split.ts';

const options = { seed: 1, validation: 0.1, test: 0.1 };

function distinct(counts: readonly number[]): SplitPicture[] {
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

test('100 pictures a class become 80, 10 and 10', () => {
  const split = splitPictures(distinct([100, 100, 100]), labelsOf([1, 1, 1]), options);
  assert.deepEqual([split.train.length, split.validation.length, split.test.length], [240, 30, 30]);
});

test('every picture is in one part, and each class is split alike', () => {
  fc.assert(
    fc.property(countsOf, shares, (counts, choice) => {
      const pictures = distinct(counts);
      const split = splitPictures(pictures, labelsOf(counts), choice);
      const all = partNames.flatMap((part) => [...split[part]]);
      assert.deepEqual(
        all.toSorted((a, b) => a - b),
        pictures.map((_, index) => index),
      );
      for (const [index, count] of counts.entries()) {
        const of = (part: PartName) => split[part].filter((i) => pictures[i]!.class === index).length;
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

test('the order in which pictures are listed does not matter, nor do their names', () => {
  fc.assert(
    fc.property(countsOf, shares, fc.infiniteStream(fc.nat()), (counts, choice, ranks) => {
      const pictures = distinct(counts);
      const shuffled = pictures
        .map((picture) => ({ picture, rank: ranks.next().value as number }))
        .sort((a, b) => a.rank - b.rank);
      const partOfHash = (listed: readonly SplitPicture[]) => {
        const split = splitPictures(listed, labelsOf(counts), choice);
        return new Map(partNames.flatMap((part) => [...split[part]].map((i) => [listed[i]!.pixelHash, part])));
      };
      assert.deepEqual(partOfHash(shuffled.map(({ picture }) => picture)), partOfHash(pictures));
    }),
  );
});

test('equal pictures are in one part, of whatever class they are', () => {
  const picture = fc.record({ class: fc.nat({ max: 2 }), pixelHash: fc.nat({ max: 30 }).map(String) });
  fc.assert(
    fc.property(fc.array(picture, { maxLength: 100 }), shares, (some, choice) => {
      const pictures = [...distinct([5, 5, 5]), ...some];
      const split = splitPictures(pictures, ['a', 'b', 'c'], choice);
      const partOfHash = new Map<string, PartName>();
      for (const part of partNames) {
        for (const i of split[part]) {
          const { pixelHash } = pictures[i]!;
          assert.equal(partOfHash.get(pixelHash) ?? part, part);
          partOfHash.set(pixelHash, part);
        }
      }
    }),
  );
});

test('the seed decides, and another seed draws another split', () => {
  const pictures = distinct([50, 50]);
  const split = (seed: number) => splitPictures(pictures, ['a', 'b'], { ...options, seed });
  assert.deepEqual(split(1), split(1));
  assert.notDeepEqual(split(1).test, split(2).test);
});

test('pictures that are added move few of those that were there', () => {
  const before = distinct([100, 100]);
  const after = [...before, ...Array.from({ length: 10 }, (_, i) => ({ class: 0, pixelHash: `new ${i}` }))];
  const held = new Set(splitPictures(before, ['a', 'b'], options).test);
  const moved = splitPictures(after, ['a', 'b'], options).train.filter((i) => held.has(i)).length;
  assert.ok(moved <= 2, `${moved} of ${held.size} test pictures became training pictures`);
});

test('parts that are given stay; those that are missing are taken from train', () => {
  const given = distinct([20, 20]).map(
    (picture, i): SplitPicture => ({ ...picture, part: i % 4 === 0 ? 'test' : 'train' }),
  );
  const split = splitPictures(given, ['a', 'b'], options);
  assert.deepEqual(
    [...split.test],
    given.flatMap(({ part }, i) => (part === 'test' ? [i] : [])),
  );
  assert.equal(split.validation.length, 4);
  assert.equal(split.train.length, 26);
});

test('a class with too few distinct pictures is refused by name', () => {
  const pictures = [...distinct([10, 2]), { class: 1, pixelHash: '1-0' }];
  assert.throws(() => splitPictures(pictures, ['a', 'b'], options), {
    code: 'data-invalid',
    message: /The class "b" has 2 distinct pictures.*; 3 are needed, one for each part/,
  });
});
