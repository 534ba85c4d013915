/** A machine without credentials stores a release through presigned URLs on a real S3 server: what the URLs can do, and what they cannot. */
import assert from 'node:assert/strict';
import { copyFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { objectKeys } from '@glimpse/shared/release/names';
import { listAll } from '@glimpse/shared/store/object-store';
import { readUploads, upload } from '@glimpse/training/publish/presigned';
import { writeReleaseFolder } from '@glimpse/training/publish/release-folder';
import { parseS3Url, S3Store } from '@glimpse/training/store/s3-store';
import { events, glimpse } from '../releases/command-line.ts';
import { startFaultyProxy } from '../support/faulty-proxy.ts';
import { testRelease } from '../support/release.ts';
import { BUCKET, S3_MISSING, s3Available, startS3 } from '../support/start-s3.ts';

const MODEL = 'sent';

if (await s3Available()) {
  const s3 = await startS3();
  const proxy = await startFaultyProxy(s3.endpoint);
  const there = await mkdtemp(join(tmpdir(), 'glimpse-gpu-box-'));
  const here = await mkdtemp(join(tmpdir(), 'glimpse-desk-'));
  const env = { ...s3.env, AWS_ENDPOINT_URL_S3: proxy.endpoint, GLIMPSE_STORE: `s3://${BUCKET}/a` };
  const nobody = Object.fromEntries(Object.keys(env).map((name) => [name, '']));
  Object.assign(process.env, env);
  const store = new S3Store(parseS3Url(env.GLIMPSE_STORE));
  after(async () => {
    await store.close();
    await proxy.close();
    await s3.stop();
    await Promise.all([there, here].map((folder) => rm(folder, { recursive: true })));
  });
  const release = await testRelease({ model: 'as-trained', seed: 1, shardBytes: 2000 });
  const other = await testRelease({ model: 'as-trained', seed: 2 });
  await writeReleaseFolder(join(there, 'release'), release);
  await writeReleaseFolder(join(there, 'other'), other);
  const run = async (folder: string, environment: Record<string, string>, ...args: string[]) => {
    const ended = await glimpse(folder, environment, ['--json', ...args]);
    assert.equal(ended.code, 0, ended.err + ended.out);
    return ended.out;
  };
  const uploadsHere = async () => readUploads(await readFile(join(here, 'uploads.json'), 'utf8'));

  test('three commands on two machines: presign here, upload there, promote here', async () => {
    await run(here, env, 'signing-keys', 'create', '--out', 'key.txt');
    const manifest = join(here, 'release.json');
    await copyFile(join(there, 'release', 'release.json'), manifest);
    await run(here, env, 'releases', 'presign', manifest, '--model', MODEL, '--sign', 'key.txt');
    await copyFile(join(here, 'uploads.json'), join(there, 'uploads.json'));
    const sent = await run(there, nobody, 'upload', 'release', '--with', 'uploads.json');
    assert.equal(events(sent, 'uploaded')[0]!.written, release.files.size + 1);
    assert.equal(await store.get(objectKeys.channels(MODEL)), undefined, 'no channel is moved');
    const again = await run(there, nobody, 'upload', 'release', '--with', 'uploads.json');
    assert.equal(events(again, 'uploaded')[0]!.written, 0);
    const key = await run(here, env, 'signing-keys', 'create', '--out', 'unused.txt');
    const stranger = events(key, 'signing-key')[0]!.publicKey as string;
    const promote = ['releases', 'promote', release.version, '--model', MODEL];
    const refused = await glimpse(here, env, [...promote, '--trust', stranger]);
    assert.match(refused.err, /signed by the key/);
    assert.equal(events(await run(here, env, ...promote), 'moved')[0]!.moved, true);
  });

  test('the URL file holds no secret and is readable by its owner only', async () => {
    const text = await readFile(join(here, 'uploads.json'), 'utf8');
    assert.ok(!text.includes(s3.secretAccessKey));
    assert.equal((await stat(join(here, 'uploads.json'))).mode & 0o777, 0o600);
  });

  test('another release, or an altered one, is not uploaded', async () => {
    const from = proxy.seen.length;
    const refused = await glimpse(there, nobody, ['upload', 'other', '--with', 'uploads.json']);
    assert.equal(refused.code, 1);
    assert.match(refused.err, /uploads are for .* Nothing was sent/);
    assert.equal(proxy.seen.length, from);
    await writeFile(join(there, 'broken.json'), '{}');
    const broken = await glimpse(there, nobody, ['upload', 'release', '--with', 'broken.json']);
    assert.match(broken.err, /glimpse releases presign/);
  });

  test('a URL overwrites nothing even without its condition, and neither reads nor deletes', async () => {
    const { objects } = await uploadsHere();
    const before = await listAll(store, `models/${MODEL}/`);
    const { url } = objects[0]!;
    const type = { 'Content-Type': 'application/json' };
    assert.equal(
      (await fetch(url, { method: 'PUT', body: 'x', headers: { ...type, 'If-None-Match': '*' } })).status,
      412,
    );
    assert.equal((await fetch(url, { method: 'PUT', body: 'x', headers: type })).status, 403);
    assert.equal((await fetch(url)).status, 403);
    assert.equal((await fetch(url, { method: 'DELETE' })).status, 403);
    const elsewhere = url.replace('model.json', 'evil.json');
    assert.equal(
      (await fetch(elsewhere, { method: 'PUT', body: 'x', headers: { ...type, 'If-None-Match': '*' } })).status,
      403,
    );
    assert.equal(JSON.stringify(await listAll(store, `models/${MODEL}/`)), JSON.stringify(before));
  });

  test('a brief failure of the store is retried; a lasting one is reported', async () => {
    await copyFile(join(there, 'other', 'release.json'), join(here, 'release.json'));
    await run(here, env, 'releases', 'presign', 'release.json', '--model', MODEL);
    const uploads = await uploadsHere();
    proxy.fault = { status: [503, 'SlowDown'], times: 2 };
    assert.equal(await upload(other, uploads, new Date()), other.files.size + 1);
    proxy.fault = { status: [400, 'InvalidRequest'] };
    await assert.rejects(upload(other, uploads, new Date()), {
      message: /did not accept model\.json \(HTTP 400 InvalidRequest\)/,
    });
    proxy.fault = undefined;
  });

  test('expired URLs are refused with a message', async () => {
    const uploads = await uploadsHere();
    const later = new Date(Date.parse(uploads.expiresAt) + 1000);
    await assert.rejects(upload(other, uploads, later), { message: /expired at .*glimpse releases presign/ });
  });
} else {
  test('presigned uploads to a real S3 server', { skip: S3_MISSING }, () => {});
}
