/** The life of a key on the command line: in the local bucket, and on a real S3 server that a Worker reads. */
import assert from 'node:assert/strict';
import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { events, glimpse } from '../releases/command-line.ts';
import { BUCKET, S3_MISSING, s3Available, startS3 } from '../support/start-s3.ts';
import { ROOT, startWorker } from '../support/worker/start-worker.ts';

const folder = await mkdtemp(join(tmpdir(), 'glimpse-keys-'));
await copyFile(join(ROOT, 'wrangler.toml'), join(folder, 'wrangler.toml'));
after(() => rm(folder, { recursive: true }));

function calls(env: Record<string, string>) {
  const call = (...args: string[]) => glimpse(folder, env, ['keys', ...args]);
  const done = async (...args: string[]) => {
    const ended = await glimpse(folder, env, ['--json', 'keys', ...args]);
    assert.equal(ended.code, 0, ended.err + ended.out);
    return ended.out;
  };
  return { call, done };
}

test('locally: a key is shown once, listed by id, and revoked by id or by the key itself', async () => {
  const { call, done } = calls({ GLIMPSE_PRIVATE_STORE: 'local' });
  assert.match((await call('list')).out, /holds no keys/);
  const [secret] = events(await done('create', '--name', "Ann's app", '--quota', '1000'), 'key');
  assert.match(secret!.key as string, /^gls_[0-9A-Za-z]{36}$/);
  const page = ['--origin', 'https://example.org', '--origin', 'http://localhost:3000'];
  const { out, err } = await call('create', '--name', 'page', ...page, '--scopes', 'classify');
  assert.equal(err, '', 'nothing but what was asked for is printed');
  const publishable = out.split('\n')[0]!;
  assert.match(publishable, /^glp_[0-9A-Za-z]{36}$/);

  const listed = await done('list');
  assert.ok(!listed.includes((secret!.key as string).slice(4)) && !listed.includes(publishable.slice(4)));
  assert.deepEqual(
    events(listed, 'key').map(({ name, kind, scopes, origins, quotaPerDay }) => [
      name,
      kind,
      scopes,
      origins,
      quotaPerDay,
    ]),
    [
      ["Ann's app", 'secret', ['classify', 'feedback', 'read'], [], 1000],
      ['page', 'publishable', ['classify'], ['https://example.org', 'http://localhost:3000'], undefined],
    ],
  );
  assert.match((await call('revoke', secret!.id as string)).out, /^Revoked the key/);
  assert.match((await call('revoke', `${secret!.key}\n`)).out, /was already revoked/);
  assert.match((await call('list')).out, /revoked \d{4}-\d\d-\d\d +Ann's app/);
});

test('usage errors exit with 2, missing keys with 1, and no message repeats a key', async () => {
  const { call } = calls({ GLIMPSE_PRIVATE_STORE: 'local' });
  const wrong: [string[], number, RegExp][] = [
    [['create'], 2, /--name/],
    [['create', '--name', 'a\nb'], 2, /no line break/],
    [['create', '--name', 'a', '--origin', 'https://example.org/'], 2, /without a path or trailing slash/],
    [['create', '--name', 'a', '--origin', 'https://*.example.org'], 2, /must be https:\/\/host/],
    [['create', '--name', 'a', '--origin', 'null'], 2, /must be https:\/\/host/],
    [['create', '--name', 'a', '--scopes', 'admin'], 2, /classify, feedback, read/],
    [['create', '--name', 'a', '--origin', 'https://example.org', '--scopes', 'admin'], 2, /The scopes are classify/],
    [['create', '--name', 'a', '--quota', '0'], 2, /an integer/],
    [['revoke', 'gls_0123456789012345678901234567890123ab'], 2, /checksum/],
    [['revoke', 'something'], 2, /neither an id/],
    [['revoke', '0123456789abcdef'], 1, /There is no key 0123456789abcdef/],
  ];
  for (const [args, code, says] of wrong) {
    const ended = await call(...args);
    assert.equal(ended.code, code, args.join(' '));
    assert.match(ended.err, says);
    assert.ok(!ended.err.includes('0123456789012345678901234567890123ab'));
  }
});

if (await s3Available()) {
  const s3 = await startS3();
  const client = new S3Client({
    endpoint: s3.endpoint,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: s3.accessKeyId, secretAccessKey: s3.secretAccessKey },
  });
  await client.send(new CreateBucketCommand({ Bucket: 'private' }));
  after(async () => {
    client.destroy();
    await s3.stop();
  });

  test('on an S3 server: a Worker accepts the key until it is revoked', { timeout: 120_000 }, async () => {
    const { call, done } = calls({ ...s3.env, GLIMPSE_PRIVATE_STORE: 's3://private' });
    const version = '20261125T0915Z-12702b91';
    for (const key of ['channels.json', `${version}/model.json`, `${version}/weights.bin`, `${version}/release.json`]) {
      const Body = await readFile(join(ROOT, 'starter/models/cifar10', key));
      await client.send(new PutObjectCommand({ Bucket: BUCKET, Key: `models/cifar10/${key}`, Body }));
    }
    const worker = await startWorker({
      S3_ENDPOINT: s3.endpoint,
      S3_BUCKET: BUCKET,
      S3_REGION: 'us-east-1',
      S3_ACCESS_KEY_ID: s3.accessKeyId,
      S3_SECRET_ACCESS_KEY: s3.secretAccessKey,
      PRIVATE_S3_BUCKET: 'private',
      REQUIRE_KEYS: 'on',
      KEY_CACHE_SECONDS: '1',
    });
    try {
      const [key] = events(await done('create', '--name', 'app'), 'key');
      const body = await readFile(join(ROOT, 'examples/cat.png'));
      const ask = async () => {
        const headers = { Authorization: `Bearer ${key!.key}` };
        const response = await fetch(new URL('/v1/classify', worker.url), { method: 'POST', body, headers });
        const { predictions, code } = (await response.json()) as { predictions?: { label: string }[]; code?: string };
        return predictions?.[0]?.label ?? code;
      };
      assert.equal(await ask(), 'cat');
      assert.equal((await call('revoke', key!.id as string)).code, 0);
      await sleep(1_100);
      assert.equal(await ask(), 'key-revoked');
    } finally {
      await worker.close();
    }
  });

  test('keys are refused in a bucket that holds releases, or in a folder of one', async () => {
    const into = (store: string) => calls({ ...s3.env, GLIMPSE_PRIVATE_STORE: store }).call('create', '--name', 'app');
    await client.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'models/a/channels.json', Body: '{}' }));
    const shared = await into(`s3://${BUCKET}`);
    assert.equal(shared.code, 1);
    assert.match(shared.err, /holds releases, which may be public.*glimpse-private/);
    assert.match((await into('s3://private/folder')).err, /s3:\/\/private$/m);
    assert.match((await into('s3://nowhere')).err, /bucket does not exist/);
  });
} else {
  test('keys on an S3 server', { skip: S3_MISSING });
}
