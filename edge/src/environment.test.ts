import assert from 'node:assert/strict';
import test from 'node:test';
import { describeAccess } from './access/access.ts';
import { logsRequests, readEnvironment } from './environment.ts';

const RELEASES = { get() {} };
const options = { deadlineMs: 1000 };
const s3 = {
  S3_ENDPOINT: 'https://s3.example.org',
  S3_BUCKET: 'bucket',
  S3_ACCESS_KEY_ID: 'the-key',
  S3_SECRET_ACCESS_KEY: 'the-secret',
};

test('only the binding: the defaults apply', () => {
  const { limits, defaultModel, releaseStore } = readEnvironment({ RELEASES });
  assert.equal(defaultModel, 'cifar10');
  assert.equal(releaseStore(options).description, 'the R2 bucket RELEASES');
  assert.equal(limits.MAX_BODY_BYTES, 25 * 1024 * 1024);
  assert.equal(limits.MAX_WAITING, 32);
});

test('limits may be text or JSON numbers', () => {
  const { limits } = readEnvironment({ RELEASES, MAX_WAITING: '7', REVALIDATE_SECONDS: 0, MAX_JPEG_PIXELS: '' });
  assert.deepEqual([limits.MAX_WAITING, limits.REVALIDATE_SECONDS, limits.MAX_JPEG_PIXELS], [7, 0, 120_000_000]);
});

test('a body may not exceed the budget of all bodies', () => {
  assert.equal(readEnvironment({ RELEASES, BODY_BUDGET_BYTES: '5000' }).limits.MAX_BODY_BYTES, 5000);
});

test('S3 takes precedence over the binding', () => {
  const { releaseStore } = readEnvironment({ RELEASES, ...s3, S3_PREFIX: '/a/b/' });
  assert.equal(releaseStore(options).description, 's3://bucket/a/b');
});

test('trusted keys and minimum versions are separated by white space or commas', () => {
  const key = `glimpse-public-key-${'A'.repeat(43)}`;
  const { trust } = readEnvironment({
    RELEASES,
    TRUSTED_KEYS: ` ${key},\n${key} `,
    MINIMUM_VERSIONS: 'cifar10=20261125T0915Z, other=20260101T0000Z',
  });
  assert.equal(trust.keys, `${key},\n${key}`);
  assert.deepEqual(
    [...trust.floors],
    [
      ['cifar10', '20261125T0915Z'],
      ['other', '20260101T0000Z'],
    ],
  );
  assert.equal(readEnvironment({ RELEASES }).trust.keys, '');
});

test('an invalid key or minimum version is refused, and not quoted: it may be a private key', () => {
  const secret = `glimpse-signing-key-${'S'.repeat(43)}`;
  assert.throws(
    () => readEnvironment({ RELEASES, TRUSTED_KEYS: secret }),
    (error: Error) => /TRUSTED_KEYS/.test(error.message) && !error.message.includes('SSSS'),
  );
  for (const floor of ['cifar10', 'cifar10=yesterday', 'Cifar10=20261125T0915Z']) {
    assert.throws(() => readEnvironment({ RELEASES, MINIMUM_VERSIONS: floor }), /MINIMUM_VERSIONS/);
  }
});

test('the private bucket is the binding, another bucket on the S3 server, or absent', () => {
  const PRIVATE = { get() {} };
  const describe = (env: Record<string, unknown>) => readEnvironment(env).accountStore?.(options).description;
  assert.equal(describe({ RELEASES }), undefined);
  assert.equal(describe({ RELEASES, PRIVATE }), 'the R2 bucket PRIVATE');
  assert.equal(describe({ PRIVATE, ...s3, S3_PREFIX: 'a', PRIVATE_S3_BUCKET: 'private' }), 's3://private');
});

test('the private bucket is never the bucket of releases, which may be public', () => {
  const both = { get() {} };
  assert.throws(() => readEnvironment({ RELEASES: both, PRIVATE: both }), /PRIVATE and RELEASES are the same bucket/);
  assert.throws(() => readEnvironment({ ...s3, PRIVATE_S3_BUCKET: 'bucket' }), /Name another one/);
  assert.throws(() => readEnvironment({ RELEASES, PRIVATE_S3_BUCKET: 'private' }), /S3_ENDPOINT/);
  assert.throws(() => readEnvironment({ RELEASES, PRIVATE: 'glimpse-private' }), /not an R2 bucket/);
});

test('keys are required only if REQUIRE_KEYS is on and there is a bucket for them', () => {
  assert.equal(readEnvironment({ RELEASES }).access.requireKeys, false);
  const PRIVATE = { get() {} };
  assert.equal(readEnvironment({ RELEASES, PRIVATE, REQUIRE_KEYS: 'on' }).access.requireKeys, true);
  assert.throws(() => readEnvironment({ RELEASES, REQUIRE_KEYS: 'on' }), /REQUIRE_KEYS is on.*PRIVATE/);
  // A value that was meant to be on must not silently be off.
  for (const value of ['yes', 'ON', 'true', ' on']) {
    assert.throws(
      () => readEnvironment({ RELEASES, PRIVATE, REQUIRE_KEYS: value }),
      /REQUIRE_KEYS: must be "on" or "off"/,
    );
  }
});

test('rate limits that are not bound do not apply and are reported; other bindings are refused', () => {
  const limit = { limit() {} };
  const QUOTA = { getByName() {} };
  const { access } = readEnvironment({ RELEASES, RATE_KEY: limit, QUOTA });
  assert.equal(access.perKey, limit);
  assert.match(describeAccess(access).limitsMissing ?? '', /: RATE_ADDRESS\.$/);
  assert.ok(
    !(
      'limitsMissing' in
      describeAccess(readEnvironment({ RELEASES, RATE_KEY: limit, RATE_ADDRESS: limit, QUOTA }).access)
    ),
  );
  for (const wrong of [{ RATE_KEY: '500' }, { RATE_ADDRESS: {} }, { QUOTA: RELEASES }]) {
    assert.throws(() => readEnvironment({ RELEASES, ...wrong }), /is not a (rate limit|Durable Object namespace)/);
  }
});

test('plain http is allowed only for this machine', () => {
  for (const host of ['localhost:9000', '127.0.0.1', '[::1]:9000']) {
    assert.equal(
      readEnvironment({ ...s3, S3_ENDPOINT: `http://${host}` }).releaseStore(options).description,
      's3://bucket',
    );
  }
  for (const endpoint of [
    'http://s3.example.org',
    'http://localhost.example.org',
    'http://127.0.0.1.example.org',
    'http://localhost@example.org',
    'https://user:word@s3.example.org',
    'ftp://localhost',
    'file:///etc',
    's3.example.org',
    'nonsense',
  ]) {
    assert.throws(() => readEnvironment({ ...s3, S3_ENDPOINT: endpoint }), { code: 'configuration-invalid' }, endpoint);
  }
});

test('each invalid variable is named, without its value', () => {
  const wrong = { RELEASES, MAX_WAITING: 'many', MAX_BODY_BYTES: '1', DEFAULT_MODEL: 'Ünknown' };
  assert.throws(() => readEnvironment(wrong), /DEFAULT_MODEL.*MAX_BODY_BYTES|MAX_BODY_BYTES.*DEFAULT_MODEL/);
  assert.throws(() => readEnvironment(wrong), /MAX_WAITING/);
  assert.throws(() => readEnvironment({}), /RELEASES.*S3_ENDPOINT/);
  assert.throws(
    () => readEnvironment({ ...s3, S3_BUCKET: '', S3_ACCESS_KEY_ID: undefined }),
    (error: Error) =>
      /S3_BUCKET.*S3_ACCESS_KEY_ID/.test(error.message) && !/the-key|the-secret|example\.org/.test(error.message),
  );
});

test('the old name of a renamed variable is refused, with the new name', () => {
  assert.throws(() => readEnvironment({ RELEASES, MAX_BATCH_PICTURES: '8' }), {
    code: 'configuration-invalid',
    message: /MAX_BATCH_PICTURES is now MAX_BATCH_IMAGES\./,
  });
  assert.throws(
    () => readEnvironment({ RELEASES, MAX_BATCH_PICTURES: '8', FEEDBACK_PICTURES: 'on' }),
    /MAX_BATCH_PICTURES is now MAX_BATCH_IMAGES; FEEDBACK_PICTURES is now FEEDBACK_IMAGES\./,
  );
});

test('requests are logged unless LOG_REQUESTS is off; other values than on and off are refused', () => {
  assert.deepEqual([logsRequests({}), logsRequests({ LOG_REQUESTS: 'off' })], [true, false]);
  assert.throws(() => readEnvironment({ RELEASES, LOG_REQUESTS: 'no' }), /LOG_REQUESTS/);
});

test('feedback is off without a secret; an invalid secret is refused, and not quoted', () => {
  assert.deepEqual(readEnvironment({ RELEASES }).feedback, { secrets: [], images: false });
  const PRIVATE = { get() {} };
  const [a, b] = ['a'.repeat(32), 'b'.repeat(40)];
  const on = readEnvironment({ RELEASES, PRIVATE, FEEDBACK_SECRET: `${b} ${a}`, FEEDBACK_IMAGES: 'on' });
  assert.deepEqual(on.feedback, { secrets: [b, a], images: true });
  for (const [wrong, named] of [
    [{ PRIVATE, FEEDBACK_SECRET: 'too-short' }, /FEEDBACK_SECRET/],
    [{ PRIVATE, FEEDBACK_SECRET: `${a} ${b} ${a}` }, /FEEDBACK_SECRET/],
    [{ PRIVATE, FEEDBACK_IMAGES: 'yes' }, /FEEDBACK_IMAGES/],
    [{ FEEDBACK_SECRET: a }, /PRIVATE/],
  ] as const) {
    assert.throws(
      () => readEnvironment({ RELEASES, ...wrong }),
      (error: Error) => named.test(error.message) && !/too-short|aaaa/.test(error.message),
    );
  }
});

test('image hosts are case-insensitive names, separated by white space or commas', () => {
  const { imageHosts } = readEnvironment({
    RELEASES,
    ALLOWED_IMAGE_HOSTS: 'Img.example.org, cdn.example.org\nlocalhost',
  });
  assert.deepEqual([...imageHosts], ['img.example.org', 'cdn.example.org', 'localhost']);
  assert.equal(readEnvironment({ RELEASES }).imageHosts.size, 0);
});

for (const host of [
  '*',
  '*.example.org',
  'https://example.org',
  'example.org/cats',
  'example.org:443',
  'example.org.',
  'user@example.org',
  '127.0.0.1',
  '127.1',
  '2130706433',
  '0x7f000001',
  '[::1]',
]) {
  test(`${host} is refused as an image host`, () => {
    assert.throws(
      () => readEnvironment({ RELEASES, ALLOWED_IMAGE_HOSTS: `img.example.org ${host}` }),
      /ALLOWED_IMAGE_HOSTS/,
    );
  });
}
