import assert from 'node:assert/strict';
import test from 'node:test';
import { s3Error } from './s3-error.ts';
import type { S3Settings } from './s3-store.ts';

const settings: S3Settings = {
  endpoint: 'https://user.example.org:9000/path',
  bucket: 'releases',
  prefix: '',
  region: 'auto',
  accessKeyId: 'the-key',
  secretAccessKey: 'the-secret',
};

/** Status and code as AWS, R2 and SeaweedFS send them; what the message must name; what it must not. */
const cases: [number, string | undefined, RegExp, RegExp][] = [
  [403, 'InvalidAccessKeyId', /check S3_ACCESS_KEY_ID/, /SECRET|REGION|ENDPOINT/],
  [403, 'SignatureDoesNotMatch', /check S3_SECRET_ACCESS_KEY/, /REGION|BUCKET/],
  [403, 'AccessDenied', /check S3_BUCKET and the permissions/, /SECRET|REGION/],
  [404, 'NoSuchBucket', /check S3_BUCKET/, /SECRET|REGION/],
  [400, 'AuthorizationHeaderMalformed', /check S3_REGION/, /SECRET|BUCKET/],
  [400, 'InvalidRegionName', /check S3_REGION/, /SECRET|BUCKET/],
  [301, 'PermanentRedirect', /S3_REGION/, /SECRET|BUCKET/],
  [403, 'RequestTimeTooSkewed', /set the clock/, /S3_/],
  [403, undefined, /S3_BUCKET, S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY and S3_REGION/, /clock/],
  [302, undefined, /redirects.*S3_ENDPOINT/, /SECRET/],
  [404, undefined, /user\.example\.org:9000 is not an S3 server.*check S3_ENDPOINT/, /SECRET|BUCKET/],
  [400, undefined, /not an S3 server.*check S3_ENDPOINT/, /SECRET|BUCKET/],
];

for (const [status, code, says, saysNot] of cases) {
  test(`${status} ${code ?? 'without a code'} names what to change, and nothing else`, () => {
    const error = s3Error(status, code, settings);
    assert.equal(error?.code, 'store-refused');
    assert.match(error.message, says);
    assert.doesNotMatch(error.message, saysNot);
    assert.doesNotMatch(error.message, /the-key|the-secret/);
  });
}

test('an absent object is not an error, and a temporary failure names nothing to change', () => {
  assert.equal(s3Error(404, 'NoSuchKey', settings), undefined);
  for (const [status, code] of [
    [500, 'InternalError'],
    [503, 'SlowDown'],
    [400, 'constructor'],
  ] as const) {
    const error = s3Error(status, code, settings);
    assert.equal(error?.code, 'store-unreachable');
    assert.match(error.message, new RegExp(`answered ${status}`));
    assert.doesNotMatch(error.message, /check|set/);
  }
  for (const status of [304, 429, 502]) {
    const error = s3Error(status, undefined, settings);
    assert.equal(error?.code, 'store-unreachable');
    assert.match(error.message, new RegExp(`answered ${status} without a reason: if this persists, check S3_ENDPOINT`));
  }
});
