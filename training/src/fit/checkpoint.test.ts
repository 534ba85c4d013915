import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { promisify } from 'node:util';
import { type Checkpoint, latestCheckpoint, loadCheckpoint, saveCheckpoint } from './checkpoint.ts';
import { emptyHistory } from './history.ts';
import { noSums } from './metrics.ts';

const folder = await mkdtemp(join(tmpdir(), 'glimpse-checkpoint-'));
after(() => rm(folder, { recursive: true }));

const checkpoint = (epoch: number, step: number, values = Float32Array.of(1, 2)): Checkpoint => ({
  position: { epoch, step, sums: step === 0 ? noSums : { loss: 0.1 + 0.2, correct: 7, seen: 9 } },
  history: { ...emptyHistory, loss: [1 / 3] },
  weights: new Map([['d/kernel', { shape: [values.length], values }]]),
  slots: new Map([['velocity/d/kernel', { shape: [1], values: Float32Array.of(3) }]]),
});

test('a checkpoint survives a round trip, including its sums bit for bit', async () => {
  const saved = checkpoint(2, 17);
  assert.deepEqual(await loadCheckpoint(await saveCheckpoint(folder, saved)), saved);
});

test('the latest checkpoint is the most advanced one, and unfinished files are ignored', async () => {
  for (const [epoch, step] of [
    [2, 5],
    [10, 0],
    [9, 300],
  ] as const) {
    await saveCheckpoint(folder, checkpoint(epoch, step));
  }
  await writeFile(join(folder, 'epoch-011.safetensors.part'), 'half');
  assert.equal(await latestCheckpoint(folder), join(folder, 'epoch-010.safetensors'));
  assert.equal(await latestCheckpoint(join(folder, 'nowhere')), undefined);
});

test('a disk that fills up while a checkpoint is written leaves the old one intact', async () => {
  const place = await mkdtemp(join(folder, 'full-'));
  const path = await saveCheckpoint(place, checkpoint(1, 0));
  const before = await readFile(path);
  // The system refuses to let the process write files beyond 8 KiB, as a full disk would. The new checkpoint has the
  // old one's name and 40 KB.
  const script = `
    import { saveCheckpoint } from ${JSON.stringify(join(import.meta.dirname, 'checkpoint.ts'))};
    const values = new Float32Array(10_000);
    const history = { loss: [], acc: [], val_loss: [], val_acc: [] };
    const weights = new Map([['d/kernel', { shape: [values.length], values }]]);
    const position = { epoch: 1, step: 0, sums: { loss: 0, correct: 0, seen: 0 } };
    try { await saveCheckpoint(${JSON.stringify(place)}, { position, history, weights, slots: new Map() }); }
    catch (error) { console.log(error.code + ': ' + error.message); }`;
  const limited = `ulimit -f 8 && exec "${process.execPath}" --input-type=module -e "$SCRIPT"`;
  const { stdout } = await promisify(execFile)('sh', ['-c', limited], { env: { ...process.env, SCRIPT: script } });
  assert.match(stdout, /^run-unwritable: The checkpoint .* could not be written: EFBIG.* --resume/);
  assert.deepEqual(await readFile(path), before);
  assert.deepEqual(await readdir(place), ['epoch-001.safetensors']);
});
