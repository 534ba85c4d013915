/** Kills runs with SIGKILL at random moments and resumes them, through the command line. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { randomStream, uniform } from '@glimpse/training/engines/random';
import { checkpointName } from '@glimpse/training/fit/checkpoint';
import { count, seed } from '../support/counts.ts';
import { program } from '../support/training/command-line.ts';
import { classEntries, writeEntries } from '../support/training/image-folder.ts';

const KILLS = count('trainingKills');
const EPOCHS = 40;

const folder = await mkdtemp(join(tmpdir(), 'glimpse-kill-'));
after(() => rm(folder, { recursive: true }));

/** Uses everything that has state: dropout, augmentation, moving statistics, an optimizer with two slots, a schedule. */
const recipe = {
  architecture: {
    name: 'killed',
    inputShape: [16, 16, 3],
    layers: [
      { className: 'Conv2D', config: { filters: 8, kernelSize: 3, useBias: false } },
      { className: 'BatchNormalization' },
      { className: 'Activation', config: { activation: 'relu' } },
      { className: 'GlobalAveragePooling2D' },
      { className: 'Dropout', config: { rate: 0.25 } },
      { className: 'Dense', config: { units: 3, activation: 'softmax' } },
    ],
  },
  settings: {
    epochs: EPOCHS,
    batchSize: 16,
    optimizer: 'adam',
    schedule: 'cosine',
    augmentation: { flip: true, translate: 2, cutout: 4 },
    keepBest: 'val_acc',
  },
};

interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly text: string;
  readonly milliseconds: number;
}

async function train(args: readonly string[], killAfter?: number): Promise<Ended> {
  const started = performance.now();
  const child = spawn(process.execPath, [program, 'train', ...args], {
    cwd: folder,
    env: { ...process.env, GLIMPSE_CACHE: join(folder, 'cache') },
  });
  let text = '';
  child.stdout.on('data', (data) => (text += data));
  child.stderr.on('data', (data) => (text += data));
  const timer = killAfter === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfter);
  const [code, signal] = await once(child, 'close');
  clearTimeout(timer);
  return { code, signal, text, milliseconds: performance.now() - started };
}

const fresh = (runs: string) => ['--engine', 'wasm', '--config', 'recipe.mjs', '--data', 'photos', '--runs', runs];

/** The run in the folder; undefined if the process was killed while it created one. */
async function findRun(runs: string): Promise<string | undefined> {
  const names = await readdir(join(folder, runs)).catch(() => []);
  const name = names.find((name) => !name.endsWith('.part'));
  return name && join(folder, runs, name);
}

/** A hash of the final checkpoint: weights, optimizer state, position and curves. */
async function finalHash(runs: string): Promise<string> {
  const checkpoint = join((await findRun(runs))!, 'checkpoints', checkpointName(EPOCHS));
  return createHash('sha256')
    .update(await readFile(checkpoint))
    .digest('hex');
}

test(`a run killed at any of ${KILLS} moments and resumed ends with the same bytes`, async (t) => {
  await writeFile(join(folder, 'recipe.mjs'), `export default ${JSON.stringify(recipe)};`);
  await writeEntries(join(folder, 'photos'), classEntries(['one', 'two', 'three'], 40));
  // The first run decodes the images. The second uses the cache, like the others.
  assert.equal((await train(fresh('first'))).code, 0);
  const whole = await train(fresh('whole'));
  assert.equal(whole.code, 0, whole.text);
  const wanted = await finalHash('whole');
  assert.equal(await finalHash('first'), wanted);

  const random = randomStream(seed, 'kill');
  // Starting takes as long as training. Most kills should happen during training.
  const moments = Array.from({ length: KILLS }, (_, index) => {
    const from = index % 5 === 0 ? 0 : 0.4;
    return (from + (1 - from) * uniform(random)) * whole.milliseconds;
  });
  const seen = { 'before the run was created': 0, 'during the run': 0, 'after its end': 0 };
  const attempt = async (index: number) => {
    const runs = `killed-${index}`;
    const killed = await train(fresh(runs), moments[index]!);
    const run = await findRun(runs);
    if (killed.signal !== 'SIGKILL') seen['after its end']++;
    else seen[run ? 'during the run' : 'before the run was created']++;
    const resumed = await train(run ? ['--resume', run] : fresh(runs));
    assert.equal(resumed.code, 0, resumed.text);
    assert.equal(await finalHash(runs), wanted, `killed after ${Math.round(moments[index]!)} ms`);
  };
  // Two at a time, because every machine has at least two cores.
  for (let index = 0; index < KILLS; index += 2) await Promise.all([attempt(index), attempt(index + 1)]);
  t.diagnostic(
    `killed ${Object.entries(seen)
      .map(([where, count]) => `${where}: ${count}`)
      .join(', ')}; lost 0`,
  );
  assert.ok(seen['during the run'] > 0);
});
