import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { openS3Store, parseS3Url } from '@glimpse/training/publish/s3';
import type { ReleaseStore } from '@glimpse/training/publish/store';
import { publishBehaviour } from '@glimpse/training/testing/publish-behaviour';
import { BUCKET, S3_MISSING, type S3Server, s3Available, startS3 } from './start-s3.ts';

if (await s3Available()) {
  let s3: S3Server;
  let store: ReleaseStore;

  before(async () => {
    s3 = await startS3();
    Object.assign(process.env, s3.env);
    store = openS3Store(parseS3Url(`s3://${BUCKET}/some/prefix`));
  });
  after(async () => {
    await store.close();
    await s3.stop();
  });

  publishBehaviour(() => store);

  /** A store with other settings: it reads the environment when it is opened. */
  const failure = async (settings: Record<string, string>, url = `s3://${BUCKET}`) => {
    Object.assign(process.env, settings);
    const wrong = openS3Store(parseS3Url(url));
    try {
      return await wrong.put('models/a/channels.json', new Uint8Array(1), 'absent').then(
        () => assert.fail('it was written'),
        (error: Error) => error.message,
      );
    } finally {
      await wrong.close();
      Object.assign(process.env, s3.env);
    }
  };

  test('a wrong setting gives an error that names what to change, and never the secret', async () => {
    assert.match(await failure({ AWS_SECRET_ACCESS_KEY: 'not-the-secret' }), /check AWS_SECRET_ACCESS_KEY/);
    assert.match(await failure({ AWS_ACCESS_KEY_ID: 'nobody' }), /check AWS_ACCESS_KEY_ID/);
    assert.match(await failure({}, 's3://no-such-bucket'), /no such bucket: check the s3:\/\/ address/);
    assert.match(
      await failure({ AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:9' }),
      /Nothing answers .* AWS_ENDPOINT_URL_S3/,
    );
    assert.doesNotMatch(await failure({ AWS_SECRET_ACCESS_KEY: 'not-the-secret' }), /not-the-secret/);
  });
} else {
  test('publishing to a real S3 server', { skip: S3_MISSING }, () => {});
}
