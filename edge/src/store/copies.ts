/**
 * Copies of releases and channels in the Cache API of the data center, for an isolate that starts while the store fails.
 * A copy is no more trusted than the store: whoever reads one verifies it as if it came from there.
 */
import type { ReleaseSource, StoredObject } from './store.ts';

export interface Copies extends ReleaseSource {
  /** Never throws: that there is no copy is no failure. */
  save(key: string, object: StoredObject, maxAgeSeconds: number): Promise<void>;
}

const CACHE = 'glimpse-releases';
/** Of the name of a copy; nothing is ever asked for there. */
const ORIGIN = 'https://copies.glimpse.invalid';
const ETAG = 'X-Store-ETag';

export function releaseCopies(): Copies {
  return {
    async get(key, { maxBytes }) {
      const copy = await (await caches.open(CACHE)).match(addressOf(key));
      if (!copy) return undefined;
      const bytes = new Uint8Array(await copy.arrayBuffer());
      return bytes.length > maxBytes ? undefined : { bytes, etag: copy.headers.get(ETAG) ?? '' };
    },

    async save(key, { bytes, etag }, maxAgeSeconds) {
      try {
        const headers = { 'Cache-Control': `max-age=${maxAgeSeconds}`, [ETAG]: etag };
        await (await caches.open(CACHE)).put(addressOf(key), new Response(bytes, { headers }));
      } catch {
        // The cache may be full, or switched off.
      }
    },
  };
}

function addressOf(key: string): string {
  return `${ORIGIN}/${key.split('/').map(encodeURIComponent).join('/')}`;
}
