/** Runs the README's commands one after the other against a Worker that is never restarted. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { promisify } from 'node:util';
import type { ClassifyAnswer } from '@glimpse/shared/api/classify';
import { BUCKET, S3_MISSING, type S3Server, s3Available, startS3 } from '../support/start-s3.ts';
import { ROOT, starterFolder, startWorker } from '../support/worker/start-worker.ts';
import { copyProject, type Project, type Started } from './project.ts';
import { trainingLacks } from './training-here.ts';

const examples = (await readdir(join(ROOT, 'examples'))).map((name) => join(ROOT, 'examples', name));

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

async function classify(url: URL, file = examples[0]!): Promise<ClassifyAnswer> {
  const response = await fetch(new URL('/v1/classify', url), { method: 'POST', body: await readFile(file) });
  assert.equal(response.status, 200, await response.clone().text());
  return (await response.json()) as ClassifyAnswer;
}

/** Waits until the Worker revalidates the store, which it does at most every five seconds. */
async function served(url: URL, version: string): Promise<ClassifyAnswer> {
  for (let tries = 0; ; tries++) {
    const answer = await classify(url);
    if (answer.model.version === version) return answer;
    assert.ok(tries < 60, `${version} is not served: ${JSON.stringify(answer.model)}`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

/** Runs a verb that must succeed. @returns its last JSON event */
async function glimpse(args: string[], env?: Record<string, string>): Promise<Record<string, unknown>> {
  const { code, out, err } = await project.glimpse(['--json', ...args], env);
  assert.equal(code, 0, `glimpse ${args.join(' ')}: ${out}${err}`);
  return JSON.parse(out.trim().split('\n').at(-1)!);
}

test('the line that npm start prints works as pasted', async () => {
  assert.match(worker.curl, new RegExp(`${worker.url.origin}/v1/classify`));
  const { stdout } = await promisify(execFile)('sh', ['-c', worker.curl], { cwd: '/' });
  const { predictions, model } = JSON.parse(stdout) as ClassifyAnswer;
  assert.equal(model.name, 'cifar10');
  assert.ok(predictions[0]!.score > 0.5);
});

test('the starter release names each example image', async () => {
  assert.equal(examples.length, 10);
  for (const file of examples) {
    const { predictions } = await classify(worker.url, file);
    assert.equal(`${predictions[0]!.label}.png`, file.split('/').at(-1));
  }
});

test('data, train, evaluate, quantize, publish: the running Worker serves the new release', {
  skip: trainingLacks,
}, async (t) => {
  const before = (await classify(worker.url)).model.version;
  await glimpse(['data', 'cifar10']);
  const trained = await glimpse([
    'train',
    '--engine',
    'tensorflow',
    '--arch',
    'cifar10-small',
    '--epochs',
    '1',
    '--seed',
    '3',
  ]);
  const run = trained.path as string;
  const evaluation = await glimpse(['evaluate', run]);
  assert.ok((evaluation.accuracy as number) > 0.2, 'one epoch is better than chance');
  const release = await glimpse(['quantize', run, '--max-drop', '2']);
  const worse = await project.glimpse(['publish', run, '--model', 'cifar10', '--to', 'local']);
  assert.equal(worse.code, 1, 'one epoch is worse than the starter release');
  assert.match(worse.out, /The gate failed: .* of 10000 \(live 0\.7437/);
  const despite = ['--override', 'a test of the loop'];
  await glimpse(['publish', run, '--model', 'cifar10', '--to', 'local', ...despite]);
  assert.notEqual(release.version, before);
  const answer = await served(worker.url, release.version as string);
  assert.equal(answer.model.channel, 'stable');
  assert.ok(worker.running());

  await t.test('the same with a real S3 server', { skip: (await s3Available()) ? false : S3_MISSING }, async () => {
    const s3: S3Server = await startS3();
    const edge = await startWorker({
      S3_ENDPOINT: s3.endpoint,
      S3_BUCKET: BUCKET,
      S3_PREFIX: 'some/prefix',
      S3_REGION: 'us-east-1',
      S3_ACCESS_KEY_ID: s3.accessKeyId,
      S3_SECRET_ACCESS_KEY: s3.secretAccessKey,
    });
    try {
      const ready = await fetch(new URL('/readyz', edge.url));
      assert.equal(ready.status, 503, 'nothing is published yet');
      const to = ['--model', 'cifar10', '--to', `s3://${BUCKET}/some/prefix`];
      const starter = await glimpse(['publish', await starterFolder(), ...to], s3.env);
      assert.equal(starter.written, 4);
      // The Worker caches that nothing is published for REVALIDATE_SECONDS.
      await new Promise((resolve) => setTimeout(resolve, 5500));
      await served(edge.url, starter.version as string);
      await glimpse(['publish', run, ...to, ...despite], s3.env);
      await served(edge.url, release.version as string);
    } finally {
      await edge.close();
      await s3.stop();
    }
  });

  await t.test('a run whose loss becomes NaN exits with 1 and cannot be published', async () => {
    const args = [
      'train',
      '--engine',
      'tensorflow',
      '--arch',
      'cifar10-small',
      '--learning-rate',
      '1e30',
      '--runs',
      'failed',
    ];
    const failed = await project.glimpse(args);
    assert.equal(failed.code, 1);
    assert.match(failed.err, /The (loss became|weight .* is no longer)/);
    const [folder] = await readdir(join(project.folder, 'failed'));
    const path = join('failed', folder!);
    assert.match((await project.glimpse(['quantize', path])).err, /failed .* Only a finished run can become a release/);
    const published = await project.glimpse(['publish', path, '--model', 'cifar10', '--to', 'local']);
    assert.equal(published.code, 1);
    assert.match(published.err, /holds no release/);
    assert.equal((await classify(worker.url)).model.version, release.version);
    // The last valid checkpoint is kept and can be evaluated.
    assert.equal((await project.glimpse(['evaluate', path])).code, 0);
  });
});
