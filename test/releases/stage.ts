/** A Worker in workerd and the store that it reads and the test writes: an S3 server, or local R2. */

import type { Manifest } from '@glimpse/shared/release/manifest';
import { objectKeys } from '@glimpse/shared/release/names';
import { parseS3Url, S3Store } from '@glimpse/training/store/s3-store';
import { type TestRelease, testChannels, testRelease } from '../support/release.ts';
import { BUCKET, type S3Server } from '../support/start-s3.ts';
import { startWorker, type TestWorker } from '../support/worker/worker.ts';

type Bytes = Uint8Array<ArrayBuffer>;

export interface Stage {
  readonly worker: TestWorker;
  put(key: string, bytes: Bytes | string): Promise<void>;
  remove(key: string): Promise<void>;
  close(): Promise<void>;
}

export const MODEL = 'cifar10';
/** A failure is cached for a second. */
export const FORGOTTEN_MS = 1_100;
const vars = { REVALIDATE_SECONDS: '0', MAX_BACKOFF_SECONDS: '1' };

/** @param change changes to the Worker's variables; S3_ENDPOINT may name a proxy */
export async function stageOnS3(s3: S3Server, change: Record<string, string> = {}): Promise<Stage> {
  Object.assign(process.env, s3.env);
  const store = new S3Store(parseS3Url(`s3://${BUCKET}/stage`));
  const worker = await startWorker({ ...vars, ...s3Variables(s3), S3_PREFIX: 'stage', ...change });
  return {
    worker,
    put: async (key, bytes) => void (await store.put(key, toBytes(bytes), 'any')),
    remove: (key) => store.delete(key),
    async close() {
      await worker.close();
      await store.close();
    },
  };
}

export async function stageOnR2(change: Record<string, string> = {}): Promise<Stage> {
  const worker = await startWorker({ ...vars, ...change });
  const { bucket } = worker;
  return {
    worker,
    put: async (key, bytes) => void (await bucket.put(key, bytes)),
    remove: (key) => bucket.delete(key),
    close: () => worker.close(),
  };
}

/** Variables of a Worker that reads from the server. */
export function s3Variables({ endpoint, accessKeyId, secretAccessKey }: S3Server): Record<string, string> {
  return {
    S3_ENDPOINT: endpoint,
    S3_BUCKET: BUCKET,
    S3_REGION: 'us-east-1',
    S3_ACCESS_KEY_ID: accessKeyId,
    S3_SECRET_ACCESS_KEY: secretAccessKey,
  };
}

/** A release whose labels name it, so that an answer that mixes two is detected. */
export function namedRelease(
  name: string,
  options: { model?: string; seed: number; shardBytes?: number; change?: Partial<Manifest> },
): Promise<TestRelease> {
  const labels = Array.from({ length: 10 }, (_, index) => `${name} ${index}`);
  return testRelease({ ...options, change: { ...options.change, labels } });
}

export async function putRelease({ put }: Stage, { objects }: TestRelease): Promise<void> {
  await Promise.all([...objects].map(([key, bytes]) => put(key, bytes as Bytes)));
}

export async function point({ put }: Stage, channels: Record<string, string>, model = MODEL): Promise<void> {
  await put(objectKeys.channels(model), testChannels(channels));
}

function toBytes(bytes: Bytes | string): Bytes {
  return typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes;
}
