/** R2: the Worker's binding, and wrangler's local buckets. */
import { contentType, type ObjectStore, type StoreOptions } from './object-store.ts';
import { objectTooLarge, StoreError } from './store-error.ts';

interface R2Object {
  readonly key: string;
  readonly size: number;
  readonly etag: string;
  readonly uploaded: Date;
  /** Absent if the condition of a read does not hold. */
  readonly body?: ReadableStream<Uint8Array>;
}

/** The part of Cloudflare's `R2Bucket` that the driver uses. */
export interface R2BucketBinding {
  get(
    key: string,
    options: { onlyIf?: { etagDoesNotMatch: string }; range?: { offset: number; length: number } },
  ): Promise<R2Object | null>;
  put(
    key: string,
    bytes: Uint8Array<ArrayBuffer>,
    options: {
      onlyIf?: { etagDoesNotMatch?: string; etagMatches?: string };
      httpMetadata: { contentType: string };
    },
  ): Promise<R2Object | null>;
  list(options: { prefix: string; limit?: number; cursor?: string; delimiter?: string }): Promise<{
    objects: R2Object[];
    delimitedPrefixes: string[];
    truncated: boolean;
    cursor?: string;
  }>;
  delete(key: string): Promise<void>;
}

export function r2Store(
  bucket: R2BucketBinding,
  options: StoreOptions & { readonly description: string },
): ObjectStore {
  const { deadlineMs, description } = options;
  return {
    description,

    get: (key, { maxBytes = Number.POSITIVE_INFINITY, cached } = {}) =>
      withDeadline(deadlineMs, `read ${key}`, async () => {
        const object = await bucket.get(key, cached ? { onlyIf: { etagDoesNotMatch: cached.etag } } : {});
        if (!object) return undefined;
        const { etag, size, body } = object;
        if (!body) return cached;
        if (size > maxBytes) {
          await body.cancel();
          throw objectTooLarge(key, maxBytes);
        }
        return { etag, bytes: await readBody(body, size) };
      }),

    open: (key, range) =>
      withDeadline(deadlineMs, `read ${key}`, async () => {
        const object = await bucket.get(key, range ? { range: { ...range } } : {});
        return object?.body && { body: object.body, size: object.size };
      }),

    put: (key, bytes, condition) =>
      withDeadline(deadlineMs, `write ${key}`, async () => {
        const written = await bucket.put(key, bytes, {
          ...(condition === 'absent' && { onlyIf: { etagDoesNotMatch: '*' } }),
          ...(typeof condition === 'object' && { onlyIf: { etagMatches: condition.etag } }),
          httpMetadata: { contentType: contentType(key) },
        });
        return written !== null;
      }),

    list: (prefix, { cursor, ...options } = {}) =>
      withDeadline(deadlineMs, `list ${prefix}`, async () => {
        const page = await bucket.list({ prefix, ...options, ...(cursor !== undefined && { cursor }) });
        return {
          objects: page.objects.map(({ key, size, uploaded }) => ({ key, size, modified: uploaded })),
          folders: page.delimitedPrefixes,
          cursor: page.truncated ? page.cursor : undefined,
        };
      }),

    delete: (key) => withDeadline(deadlineMs, `delete ${key}`, () => bucket.delete(key)),
  };
}

/** R2's size is reliable, so one array holds all of it from the start. */
async function readBody(body: ReadableStream<Uint8Array>, size: number): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(size);
  const reader = body.getReader();
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return bytes.subarray(0, length);
    bytes.set(value, length);
    length += value.length;
  }
}

/** R2's binding has no timeouts, and its errors have no type. @throws {StoreError} */
async function withDeadline<T>(deadlineMs: number, action: string, work: () => Promise<T>): Promise<T> {
  const { promise: deadline, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new StoreError('store-unreachable', `R2 did not ${action} within ${deadlineMs / 1000} s.`)),
    deadlineMs,
  );
  try {
    return await Promise.race([work(), deadline]);
  } catch (cause) {
    if (cause instanceof StoreError) throw cause;
    throw new StoreError('store-unreachable', `R2 failed to ${action}: ${(cause as Error).message}`, { cause });
  } finally {
    clearTimeout(timer);
  }
}
