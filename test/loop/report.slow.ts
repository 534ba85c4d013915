/** Trains two short runs on CIFAR-10, then reports and compares them through the command line. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { type Event, eventLine } from '../support/training/command-line.ts';
import { trainingLacks } from './training-here.ts';

const folder = await mkdtemp(join(tmpdir(), 'glimpse-loop-report-'));
after(() => rm(folder, { recursive: true }));

const glimpse = eventLine(folder);

const find = (events: readonly Event[], name: string): Event => {
  const found = events.find(({ event }) => event === name);
  assert.ok(found, `no "${name}" in ${JSON.stringify(events.map(({ event }) => event))}`);
  return found;
};

test('runs of one and two epochs are reported, listed and compared on the 10,000 test images', {
  skip: trainingLacks,
}, async () => {
  const paths: string[] = [];
  for (const epochs of ['1', '2']) {
    const events = await glimpse('train', '--engine', 'tensorflow', '--arch', 'cifar10-small', '--epochs', epochs);
    paths.push(find(events, 'finished').path as string);
  }
  const [short, long] = paths as [string, string];

  const report = find(await glimpse('report', short), 'report');
  const { accuracy, images } = report.metrics as { accuracy: number; images: number };
  assert.equal(images, 10_000);
  const page = await readFile(join(short, 'report.html'), 'utf8');
  assert.match(page, new RegExp(`<dd>${accuracy.toFixed(4)}</dd>`));
  for (const plot of report.plots as string[]) assert.ok(existsSync(plot), plot);

  const listed = (await glimpse('runs', 'list')).map(({ path }) => path);
  assert.deepEqual(listed, [long, short]);

  const { mcnemar, recallGained } = find(await glimpse('runs', 'compare', short, long), 'comparison') as unknown as {
    mcnemar: { onlyFirst: number; onlySecond: number; exact: number };
    recallGained: Record<string, number>;
  };
  const itself = find(await glimpse('runs', 'compare', short, short), 'comparison') as unknown as typeof report;
  assert.deepEqual(itself.mcnemar, { onlyFirst: 0, onlySecond: 0, exact: 1, midP: 1 });
  // Every class has 1,000 images, so the gains per class add up to the total gain.
  const gained = Object.values(recallGained).reduce((sum, gain) => sum + gain, 0) * 1000;
  assert.equal(Math.round(gained), mcnemar.onlySecond - mcnemar.onlyFirst);
  assert.ok(mcnemar.onlySecond > mcnemar.onlyFirst && mcnemar.exact < 0.01, 'a second epoch helps');
});
