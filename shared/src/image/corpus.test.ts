/** Real files from public repositories. Skipped unless they are next to the repository. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { samePixelLimit } from '@glimpse/test/support/image/any-format';
import { ImageError, type ImageErrorCode } from './image-error.ts';
import type { InputContract } from './input-contract.ts';
import { nodeImageReader } from './node.ts';

const corpus = fileURLToPath(new URL('../../../../shared/corpus/', import.meta.url));
const skip = existsSync(corpus) ? false : `the corpus is not at ${corpus}`;

const contract: InputContract = {
  ...{ height: 32, width: 32, channels: 3, fit: 'stretch' },
  ...{ mean: [0, 0, 0], standardDeviation: [1, 1, 1] },
};
const limits = samePixelLimit(100e6);
/** The references treat every image as sRGB. */
const readImage = nodeImageReader('as-stored');

const statuses: Record<ImageErrorCode, string> = {
  'image-empty': '400',
  'image-too-many-pixels': '413',
  'image-unsupported': '415',
  'image-undecodable': '422',
};

/** Mean absolute difference from the reference, by actual type. */
const tolerances: Readonly<Record<string, number>> = {
  ...{ 'image/jpeg': 3, 'image/png': 1.5, 'image/webp': 1.5, 'image/gif': 1.5 },
};

test('each file of the corpus has the result in its manifest', { skip }, async (t) => {
  for (const { name, expected, acceptable, type, width, height } of manifest()) {
    await t.test(`${name}: ${expected}`, async () => {
      const bytes = new Uint8Array(readFileSync(`${corpus}files/${name}`));
      if (expected !== 'ok') {
        const status = await statusOf(bytes);
        assert.ok([expected, ...acceptable].includes(status), `${status} instead of ${expected}`);
        return;
      }
      const image = await readImage(bytes, contract, limits);
      assert.deepEqual([String(image.width), String(image.height)], [width, height]);
      const reference = readFileSync(`${corpus}ref/${name}.rgb`);
      const difference = image.pixels.reduce((sum, value, i) => sum + Math.abs(value - reference[i]!), 0);
      assert.ok(difference / reference.length <= tolerances[type]!, `off by ${difference / reference.length}`);
    });
  }
});

function manifest() {
  const [head = '', ...lines] = readFileSync(`${corpus}manifest.tsv`, 'utf8').trim().split('\n');
  const columns = head.split('\t');
  return lines.map((line) => {
    const cells = line.split('\t');
    const cell = (column: string) => cells[columns.indexOf(column)] ?? '';
    return {
      name: cell('name'),
      expected: cell('expected'),
      acceptable: cell('also_acceptable').split(' '),
      type: cell('mime_truth'),
      width: cell('width'),
      height: cell('height'),
    };
  });
}

async function statusOf(bytes: Uint8Array): Promise<string> {
  try {
    await readImage(bytes, contract, limits);
    return 'ok';
  } catch (error) {
    assert.ok(error instanceof ImageError, String(error));
    return statuses[error.code];
  }
}
