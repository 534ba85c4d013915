/** Feedback end to end: an answer, a caller's correction, a data folder, the next training; and its deletion. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import test, { after, before } from 'node:test';
import type { ClassifyAnswer } from '@glimpse/shared/api/classify';
import { copyProject, type Project, type Started } from '../loop/project.ts';
import { noisePng } from '../support/training/image-folder.ts';

/** The fewest images that training accepts. */
const IMAGES = 54;
const labels = ['cat', 'dog', 'ship'];

let project: Project;
let worker: Started;
before(async () => {
  project = await copyProject();
  worker = await project.start();
});
after(async () => {
  await worker?.stop();
  await project?.remove();
});

async function glimpse(...args: string[]): Promise<Record<string, unknown>> {
  const { code, out, err } = await project.glimpse(['--json', ...args]);
  assert.equal(code, 0, `glimpse ${args.join(' ')}: ${out}${err}`);
  return JSON.parse(out.trim().split('\n').at(-1)!);
}

const store = ['--from', 'local', '--model', 'cifar10'];

test('classify, feedback, pull, train', async () => {
  const ids: string[] = [];
  for (let n = 0; n < IMAGES; n++) {
    const image = new Uint8Array(await noisePng(n));
    const classified = await fetch(new URL('/v1/classify', worker.url), { method: 'POST', body: image });
    const { id } = (await classified.json()) as ClassifyAnswer;
    const said = { id, label: labels[n % 3], image: Buffer.from(image).toString('base64'), consent: true };
    const answer = await fetch(new URL('/v1/feedback', worker.url), { method: 'POST', body: JSON.stringify(said) });
    assert.equal(answer.status, 201, await answer.text());
    ids.push(id);
  }

  const pulled = await glimpse('feedback', 'pull', ...store);
  const folder = join(project.folder, 'feedback/cifar10');
  assert.deepEqual([pulled.folder, pulled.images, pulled.broken], ['feedback/cifar10', IMAGES, 0]);
  for (const label of labels) assert.equal((await readdir(join(folder, label))).length, IMAGES / 3);

  const trained = await glimpse(
    ...['train', '--data', 'feedback/cifar10', '--arch', 'cifar10-small', '--engine', 'wasm', '--epochs', '1'],
  );
  assert.ok(existsSync(resolve(project.folder, trained.path as string, 'outcome.json')));

  const taken = await fetch(new URL(`/v1/feedback/${ids[0]}`, worker.url), { method: 'DELETE' });
  assert.equal(taken.status, 204);
  await glimpse('feedback', 'delete', ids[1]!, ...store);
  const again = await glimpse('feedback', 'pull', ...store);
  assert.deepEqual([again.images, again.fetched, again.removed], [IMAGES - 2, 0, 2]);
});

test('list, show and prune; an invalid id is an error', async () => {
  const { code, out } = await project.glimpse(['feedback', 'list', ...store]);
  assert.equal(code, 0);
  const [head, ...rows] = out.trim().split('\n');
  assert.match(head!, /^id +label +answered +score +version +image$/);
  assert.equal(rows.length, IMAGES - 2);
  const [id] = rows[0]!.split(' ');
  assert.equal((await glimpse('feedback', 'show', id!, ...store)).id, id);
  const missing = await project.glimpse(['feedback', 'show', `2020-01-01-${'0'.repeat(32)}`, ...store]);
  assert.deepEqual([missing.code, /has no feedback 2020-01-01-0+ about cifar10/.test(missing.err)], [1, true]);
  const wrong = await project.glimpse(['feedback', 'delete', 'nonsense', ...store]);
  assert.deepEqual([wrong.code, /neither the id of feedback .* nor of an answer/.test(wrong.err)], [1, true]);
  assert.equal((await project.glimpse(['feedback', 'pull', ...store, '--since', 'yesterday'])).code, 2);
  assert.equal((await project.glimpse(['feedback', 'pull', '--model', 'cifar10'])).code, 2);
  assert.deepEqual(((await glimpse('feedback', 'prune', ...store)).ids as string[]).length, 0);
});
