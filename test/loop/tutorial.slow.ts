/** The command line prints the same counts as the Keras tutorial, on CIFAR-10. */
import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { eventLine } from '../support/training/command-line.ts';
import { trainingLacks } from './training-here.ts';

const folder = await mkdtemp(join(tmpdir(), 'glimpse-tutorial-'));
after(() => rm(folder, { recursive: true }));

const glimpse = eventLine(folder);

test('684,746 parameters, 391 steps per epoch, 313 evaluation steps, probabilities (10000, 10)', {
  skip: trainingLacks,
}, async () => {
  const [summary] = await glimpse('summary', '--arch', 'cifar10-tutorial');
  assert.deepEqual(summary!.parameters, { total: 684_746, trainable: 684_746, nonTrainable: 0 });

  // A small network trains on the same data in the same number of steps, in a tenth of the time.
  const trained = await glimpse('train', '--engine', 'tensorflow', '--arch', 'cifar10-small', '--epochs', '1');
  assert.equal(trained.find(({ event }) => event === 'epoch')!.steps, 391);

  const run = join(folder, 'runs', (await readdir(join(folder, 'runs')))[0]!);
  const plots = await readdir(join(run, 'plots'));
  assert.deepEqual(plots.sort(), ['accuracy.png', 'accuracy.svg', 'loss.png', 'loss.svg']);

  const evaluated = await glimpse('evaluate', run, '--probabilities', 'probabilities.bin');
  assert.equal(evaluated.find(({ event }) => event === 'evaluation')!.steps, 313);
  const probabilities = evaluated.find(({ event }) => event === 'probabilities')!;
  assert.deepEqual(probabilities.shape, [10_000, 10]);
  assert.equal((probabilities.first as number[]).length, 10);
  assert.equal((await stat(join(folder, 'probabilities.bin'))).size, 10_000 * 10 * 4);
});
