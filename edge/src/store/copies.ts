/**
 * Copies of releases and channels in the data center's Cache API, for an isolate that starts while the store fails. A copy is
 * trusted no more than the store: its reader verifies it in the same way.
 */
import type { ObjectReader, StoredObject } from '@glimpse/shared/store/object-store';

export interface Copies extends ObjectReader {
  /** Never throws. */
  save(key: string, object: StoredObject, maxAgeSeconds: number): Promise<void>;
}

const CACHE = 'glimpse-releases';
/** The cache needs a URL for each copy. Nothing is ever fetched from it. */
const ORIGIN = 'https://copies.glimpse.invalid';
const ETAG = 'X-Store-ETag';

export function releaseCopies(): Copies {
  return {
    async get(key, { maxBytes = Number.POSITIVE_INFINITY } = {}) {
      const copy = await (await caches.open(CACHE)).match(urlOf(key));
      if (!copy) return undefined;
      const bytes = new Uint8Array(await copy.arrayBuffer());
      return bytes.length > maxBytes ? undefined : { bytes, etag: copy.headers.get(ETAG) ?? '' };
    },

    async save(key, { bytes, etag }, maxAgeSeconds) {
      try {
        const headers = { 'Cache-Control': `max-age=${maxAgeSeconds}`, [ETAG]: etag };
        await (await caches.open(CACHE)).put(urlOf(key), new Response(bytes, { headers }));
      } catch {
        // The cache may be full or unavailable.
      }
    },
  };
}

function urlOf(key: string): string {
  return `${ORIGIN}/${key.split('/').map(encodeURIComponent).join('/')}`;
}
