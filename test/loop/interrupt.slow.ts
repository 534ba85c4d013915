/** Interrupts a run with Ctrl-C and resumes it, through the command line. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { program } from '../support/training/command-line.ts';
import { trainingLacks } from './training-here.ts';

const folder = await mkdtemp(join(tmpdir(), 'glimpse-interrupt-'));
after(() => rm(folder, { recursive: true }));

/** @param interruptAt sends Ctrl-C when the output matches */
async function train(args: string[], interruptAt?: RegExp): Promise<{ code: number | null; text: string }> {
  const child = spawn(process.execPath, [program, 'train', ...args], { cwd: folder });
  let text = '';
  let interrupted = false;
  const read = (data: Buffer) => {
    text += data;
    if (interrupted || !interruptAt?.test(text)) return;
    interrupted = true;
    // Some steps into the epoch, not at its start.
    setTimeout(() => child.kill('SIGINT'), 500);
  };
  child.stdout.on('data', read);
  child.stderr.on('data', read);
  const [code] = await once(child, 'exit');
  return { code, text };
}

async function onlyRun(runs: string): Promise<string> {
  const [name] = await readdir(join(folder, runs));
  return join(folder, runs, name!);
}

test('a run that is interrupted with Ctrl-C saves its state; resumed, it ends with the same bytes', {
  skip: trainingLacks,
}, async () => {
  const settings = ['--engine', 'tensorflow', '--arch', 'cifar10-small', '--epochs', '2', '--batch-size', '32'];
  const whole = await train([...settings, '--runs', 'whole']);
  assert.equal(whole.code, 0, whole.text);

  const stopped = await train([...settings, '--runs', 'stopped'], /Epoch 1\/2/);
  assert.equal(stopped.code, 1, stopped.text);
  assert.match(stopped.text, /Stopping after this step.*Stopped\. Continue with: glimpse train --resume/s);
  const run = await onlyRun('stopped');
  const checkpoints = await readdir(join(run, 'checkpoints'));
  assert.ok(
    checkpoints.some((name) => /^epoch-001-step-\d+\.safetensors$/.test(name)),
    `${checkpoints}`,
  );

  const resumed = await train(['--resume', run]);
  assert.equal(resumed.code, 0, resumed.text);
  const last = 'checkpoints/epoch-002.safetensors';
  assert.deepEqual(await readFile(join(run, last)), await readFile(join(await onlyRun('whole'), last)));
});
