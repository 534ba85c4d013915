/**
 * Prints what the worst files of each format cost, as ratios to an honest photo that is decoded in the same run:
 *
 *     npx node test/images/worst-cost.ts [words of names]
 */

import { limitsSchema, pixelLimits } from '@glimpse/shared/api/limits';
import { WorkMeter } from '@glimpse/shared/image/decode/work-meter';
import { ImageError } from '@glimpse/shared/image/image-error';
import { nodeImageReader } from '@glimpse/shared/image/node';
import { contractOf } from '../support/image/jpeg-fixture.ts';
import { type Crafted, crafted, honest } from './crafted.ts';

const RUNS = 3;
let units = new WorkMeter();
const readImage = nodeImageReader();
const limits = pixelLimits(limitsSchema.parse({}));
const target = contractOf({ width: 32, height: 32, channels: 3 });

interface Cost {
  readonly milliseconds: number;
  readonly outcome: string;
}

/** The median CPU time of several decodes. */
async function costOf(bytes: Uint8Array, runs = RUNS): Promise<Cost> {
  const times: number[] = [];
  let outcome = '200';
  for (let i = 0; i < runs; i++) {
    const before = process.cpuUsage();
    try {
      const work = new WorkMeter();
      units = work;
      await readImage(bytes, target, limits, work);
    } catch (error) {
      if (!(error instanceof ImageError)) throw error;
      outcome = error.message;
    }
    const { user, system } = process.cpuUsage(before);
    times.push((user + system) / 1000);
  }
  const milliseconds = times.toSorted((a, b) => a - b)[runs >> 1]!;
  return { milliseconds, outcome };
}

const photo = await honest.make();
const { milliseconds: unit } = await costOf(photo, 3 * RUNS);
console.log(`${honest.name}, ${photo.length} bytes: ${unit.toFixed(0)} ms`);
const words = process.argv.slice(2);
let worst = 0;
for (const { format, name, make } of crafted satisfies readonly Crafted[]) {
  if (words.length > 0 && !words.some((word) => `${format} ${name}`.includes(word))) continue;
  const bytes = await make();
  const { milliseconds, outcome } = await costOf(bytes);
  const ratio = milliseconds / unit;
  worst = Math.max(worst, ratio);
  console.log(
    `${format.padEnd(5)}${name.padEnd(40)}${(bytes.length / 1e6).toFixed(2).padStart(6)} MB ` +
      `${milliseconds.toFixed(0).padStart(6)} ms ${ratio.toFixed(1).padStart(6)} x  ${(units.spent / 1e6).toFixed(1)} M  ${outcome.slice(0, 60)}`,
  );
}
console.log(`worst: ${worst.toFixed(1)} x`);
