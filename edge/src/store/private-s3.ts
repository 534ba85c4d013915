/** The private bucket on any S3 server that keeps the conditions of writes. */
import type { PrivateStore } from './private-store.ts';
import type { S3Settings } from './s3-settings.ts';
import { encodeKey, explain, openS3, readText, s3Store } from './s3-store.ts';
import type { StoreOptions } from './store.ts';

export function s3PrivateStore(settings: S3Settings, options: StoreOptions): PrivateStore {
  const { bucketUrl, request } = openS3(settings, options);
  const reader = s3Store(settings, options);
  const address = (key: string) => `${bucketUrl}/${encodeKey(settings.prefix + key)}`;
  return {
    async get(key, { maxBytes }) {
      const object = await reader.get(key, { maxBytes });
      return object === 'unchanged' ? undefined : object;
    },

    put: (key, bytes, condition) =>
      request(
        address(key),
        {
          method: 'PUT',
          body: bytes,
          headers: {
            'Content-Type': key.endsWith('.json') ? 'application/json' : 'application/octet-stream',
            ...(condition === 'absent' && { 'If-None-Match': '*' }),
            ...(typeof condition === 'object' && { 'If-Match': condition.etag }),
          },
        },
        async (response) => {
          const { status } = response;
          if (status === 200) {
            await response.body?.cancel();
            return true;
          }
          // 412: the condition does not hold. 409: another write of the key is under way. An If-Match on a key that is
          // gone is 412 on some servers and 404 on others.
          if (condition !== 'any' && (status === 412 || status === 409)) {
            await response.body?.cancel();
            return false;
          }
          await explain(response, settings);
          return false;
        },
      ),

    delete: (key) =>
      request(address(key), { method: 'DELETE' }, async (response) => {
        if (response.status !== 200 && response.status !== 204) await explain(response, settings);
        else await response.body?.cancel();
      }),

    async list(prefix, { limit, cursor }) {
      const query = new URLSearchParams({
        'list-type': '2',
        prefix: settings.prefix + prefix,
        'max-keys': String(limit),
        ...(cursor === undefined ? {} : { 'continuation-token': cursor }),
      });
      const xml = await request(`${bucketUrl}?${query}`, {}, async (response) =>
        response.status === 200 ? readText(response) : explain(response, settings),
      );
      const objects = [...(xml ?? '').matchAll(/<Contents>(.*?)<\/Contents>/gs)].map(([, content = '']) => ({
        key: unescapeXml(/<Key>([^<]*)</.exec(content)?.[1] ?? '').slice(settings.prefix.length),
        size: Number(/<Size>(\d+)</.exec(content)?.[1] ?? 0),
      }));
      const token = /<NextContinuationToken>([^<]+)</.exec(xml ?? '')?.[1];
      return { objects, cursor: token === undefined ? undefined : unescapeXml(token) };
    },
  };
}

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function unescapeXml(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-f]{1,6});/gi, (_, name: string) =>
    name.startsWith('#')
      ? String.fromCodePoint(Number(name.replace(/^#x/i, '0x').replace('#', '')))
      : ENTITIES[name.toLowerCase()]!,
  );
}
