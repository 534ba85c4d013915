/** Both S3 drivers, on a real S3 server. */
import test, { after } from 'node:test';
import { S3Store } from '@glimpse/training/store/s3-store';
import { type S3Settings, S3Store as WorkerS3Store } from '../../edge/src/store/s3-store.ts';
import { startBrokenServers } from '../support/broken-servers.ts';
import { BUCKET, S3_MISSING, s3Available, startS3 } from '../support/start-s3.ts';
import { storeContract } from '../support/store.contract.ts';

if (await s3Available()) {
  const [s3, broken] = [await startS3(), await startBrokenServers()];
  after(async () => {
    broken.close();
    await s3.stop();
  });
  const onWorker = (change: Partial<S3Settings>, deadlineMs: number) => {
    const { endpoint, accessKeyId, secretAccessKey } = s3;
    const settings = { endpoint, bucket: BUCKET, region: 'us-east-1', accessKeyId, secretAccessKey };
    return new WorkerS3Store({ ...settings, prefix: 'some folder/', ...change }, { deadlineMs });
  };
  /** The AWS SDK reads the environment at the first request. */
  const onTrainer = async (change: Record<string, string>, deadlineMs?: number) => {
    Object.assign(process.env, s3.env, change);
    const options = deadlineMs === undefined ? undefined : { deadlineMs };
    const store = new S3Store({ bucket: BUCKET, prefix: 'other folder' }, options);
    await store.list('').catch(() => {});
    return store;
  };
  const store = await onTrainer({});
  const silent = await onTrainer({ AWS_ENDPOINT_URL_S3: broken.silent }, 100);
  const failing = await onTrainer({ AWS_ENDPOINT_URL_S3: broken.failing });
  after(() => Promise.all([store, silent, failing].map((each) => each.close())));
  // Registered after every `await`: tests start at once, and the server stops when those that are registered have ended.
  storeContract({
    name: 'S3 by aws4fetch',
    store: () => onWorker({}, 10_000),
    silent: () => onWorker({ endpoint: broken.silent }, 100),
    failing: () => onWorker({ endpoint: broken.failing }, 1_000),
  });
  storeContract({
    name: 'S3 by the AWS SDK',
    store: () => store,
    silent: () => silent,
    failing: () => failing,
  });
} else {
  test('the S3 drivers on a real S3 server', { skip: S3_MISSING }, () => {});
}
