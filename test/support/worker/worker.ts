/** The Worker of wrangler.toml in workerd, with a bucket of its own. */
import { objectKeys } from '@glimpse/shared/release/names';
import { createTestHarness } from 'wrangler';
import { type TestRelease, testChannels } from '../release.ts';
import { builtWorker } from './built-worker.ts';

/** The private bucket, which tests also read. */
export interface PrivateBucket extends Bucket {
  get(key: string): Promise<{ text(): Promise<string>; arrayBuffer(): Promise<ArrayBuffer> } | null>;
  list(options: { prefix: string }): Promise<{ objects: { key: string }[] }>;
}

export interface Bucket {
  put(key: string, value: Uint8Array | string): Promise<unknown>;
  delete(key: string): Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: each test asserts the type that it expects
  readonly json: any;
}

export interface TestWorker {
  readonly url: URL;
  readonly bucket: Bucket;
  /** Holds keys and feedback. */
  readonly privateBucket: PrivateBucket;
  /** The Durable Objects that count requests, by key id. */
  readonly quota: { getByName(key: string): { settle(day: string, requests: number): Promise<number> } };
  request(path: string, init?: RequestInit): Promise<Answer>;
  classify(body: BodyInit, init?: { query?: string; type?: string }): Promise<Answer>;
  /** Puts releases into the bucket and points channels at versions. */
  publish(releases: readonly TestRelease[], channels: Record<string, string>): Promise<void>;
  /** The parsed log lines of the Worker, without those of requests. */
  // biome-ignore lint/suspicious/noExplicitAny: as above
  logs(): any[];
  /** One parsed log line per request. */
  // biome-ignore lint/suspicious/noExplicitAny: as above
  requestLines(): any[];
  /** Starts a fresh isolate; storage, caches and the address stay. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

export interface WorkerOptions {
  /** Requests per 10 seconds, per key and per address, instead of those in wrangler.toml. */
  readonly rateLimit?: number;
}

export async function startWorker(
  vars: Record<string, string> = {},
  { rateLimit }: WorkerOptions = {},
): Promise<TestWorker> {
  const { root, config } = await builtWorker({ vars, ...(rateLimit !== undefined && { rateLimit }) });
  const server = createTestHarness({ root, workers: [{ config }] });
  const { url } = await server.listen();
  const {
    RELEASES: bucket,
    PRIVATE: privateBucket,
    QUOTA: quota,
  } = await server.getWorker<{ RELEASES: Bucket; PRIVATE: PrivateBucket; QUOTA: TestWorker['quota'] }>().getEnv();

  async function request(path: string, init: RequestInit = {}): Promise<Answer> {
    const response = await fetch(new URL(path, url), init);
    const text = await response.text();
    return { status: response.status, headers: response.headers, json: text === '' ? undefined : JSON.parse(text) };
  }

  // biome-ignore lint/suspicious/noExplicitAny: as above
  const lines = (): any[] =>
    server.getLogs().flatMap(({ message }) => (message.startsWith('{') ? JSON.parse(message) : []));

  return {
    url,
    bucket,
    privateBucket,
    quota,
    request,
    classify: (body, { query = '', type } = {}) =>
      request(`/v1/classify${query}`, {
        method: 'POST',
        body,
        headers: type === undefined ? {} : { 'Content-Type': type },
      }),
    async publish(releases, channels) {
      await Promise.all(releases.flatMap(({ objects }) => [...objects].map(([key, bytes]) => bucket.put(key, bytes))));
      const model = releases[0]?.manifest.model ?? 'cifar10';
      await bucket.put(objectKeys.channels(model), testChannels(channels));
    },
    logs: () => lines().filter(({ what }) => what !== 'request'),
    requestLines: () => lines().filter(({ what }) => what === 'request'),
    restart: () => server.update((options) => options),
    close: () => server.close(),
  };
}
