/** The R2 binding of the Worker. */

import { StoreError } from '@glimpse/shared/store/store-error';
import type { ByteRange } from '../body/byte-range.ts';
import { collect } from '../body/collect.ts';
import { TIMED_OUT, within } from '../body/deadline.ts';
import { modelNames } from './model-names.ts';
import { type GetOptions, MAX_LIST_PAGES, type Store, type StoreOptions } from './store.ts';

export function r2Store(bucket: R2Bucket, { deadlineMs }: StoreOptions): Store {
  return {
    get: (key, options) => reading(deadlineMs, key, get(bucket, key, options)),
    open: (key, range) => reading(deadlineMs, key, open(bucket, key, range)),
    listModels: () => reading(deadlineMs, 'the list of models', listModels(bucket)),
  };
}

/** The binding knows no timeouts, and its errors are plain ones. */
export async function reading<T>(
  deadlineMs: number,
  what: string,
  work: Promise<T>,
  done: 'read' | 'written' | 'deleted' = 'read',
): Promise<T> {
  let outcome: T | typeof TIMED_OUT;
  try {
    outcome = await within(deadlineMs, work);
  } catch (cause) {
    if (cause instanceof StoreError) throw cause;
    throw new StoreError('store-unreachable', `R2 failed while ${what} was ${done}: ${(cause as Error).message}`, {
      cause,
    });
  }
  if (outcome === TIMED_OUT) {
    throw new StoreError('store-unreachable', `R2 took more than ${deadlineMs / 1000} s: ${what} was not ${done}.`);
  }
  return outcome;
}

async function get(bucket: R2Bucket, key: string, { ifNoneMatch, maxBytes }: GetOptions) {
  const object = await bucket.get(key, ifNoneMatch ? { onlyIf: { etagDoesNotMatch: ifNoneMatch } } : {});
  if (!object) return undefined;
  if (!('body' in object)) return 'unchanged' as const;
  const { etag, size } = object;
  if (size > maxBytes) {
    await object.body.cancel();
    throw new StoreError('object-too-large', `${key} has ${size} bytes; at most ${maxBytes} are expected there.`);
  }
  // The size is R2's own: nothing more than it can come.
  const reader = object.body.getReader();
  return { etag, bytes: await collect(() => reader.read(), { declared: size, count() {} }) };
}

async function open(bucket: R2Bucket, key: string, range?: ByteRange) {
  const object = await bucket.get(key, range ? { range: { ...range } } : {});
  return object ? { body: object.body as ReadableStream<Uint8Array>, size: object.size } : undefined;
}

async function listModels(bucket: R2Bucket): Promise<string[]> {
  const folders: string[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MAX_LIST_PAGES; page++) {
    const listed = await bucket.list({ prefix: 'models/', delimiter: '/', ...(cursor ? { cursor } : {}) });
    folders.push(...listed.delimitedPrefixes);
    if (!listed.truncated) break;
    cursor = listed.cursor;
  }
  return modelNames(folders);
}
