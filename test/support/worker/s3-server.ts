/** A stand-in for an S3 server: holds objects, and fails on demand as real servers do. */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface S3Server {
  readonly endpoint: string;
  /** By key within the bucket. */
  readonly objects: Map<string, Uint8Array | string>;
  /** The requests so far, as `GET /bucket/key` without the query. */
  readonly requests: string[];
  /** Handles a request instead of the server: returns whether it did. */
  disturb: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined;
  delayMs: number;
  close(): void;
}

export async function startS3(bucket: string): Promise<S3Server> {
  const objects: S3Server['objects'] = new Map();
  const http = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://s3');
    server.requests.push(`${request.method} ${pathname}`);
    setTimeout(() => {
      if (server.disturb?.(request, response)) return;
      // Only a real server can verify the signature; this one checks that there is one.
      if (!request.headers.authorization?.startsWith('AWS4-HMAC-SHA256 Credential=')) {
        return refuse(response, 403, 'AccessDenied');
      }
      if (pathname === `/${bucket}`) {
        return list(response, searchParams);
      }
      if (!pathname.startsWith(`/${bucket}/`)) return refuse(response, 404, 'NoSuchBucket');
      const key = decodeURIComponent(pathname.slice(bucket.length + 2));
      if (request.method === 'PUT') return void write(request, response, key);
      if (request.method === 'DELETE') {
        objects.delete(key);
        return response.writeHead(204).end();
      }
      const object = objects.get(key);
      if (object === undefined) return refuse(response, 404, 'NoSuchKey');
      const etag = etagOf(object);
      if (request.headers['if-none-match'] === etag) return response.writeHead(304).end();
      const bytes = Buffer.from(object as Uint8Array);
      const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? [];
      if (first === undefined) {
        return response.writeHead(200, { ETag: etag, 'Content-Length': bytes.length }).end(bytes);
      }
      const part = bytes.subarray(Number(first), Number(last) + 1);
      const range = `bytes ${first}-${Number(first) + part.length - 1}/${bytes.length}`;
      response.writeHead(206, { ETag: etag, 'Content-Length': part.length, 'Content-Range': range }).end(part);
    }, server.delayMs);
  });

  async function write(request: IncomingMessage, response: ServerResponse, key: string) {
    const body = Buffer.concat(await request.toArray());
    const existing = objects.get(key);
    const { 'if-none-match': ifNoneMatch, 'if-match': ifMatch } = request.headers;
    if (ifMatch !== undefined && existing === undefined) return refuse(response, 404, 'NoSuchKey');
    if ((ifNoneMatch === '*' && existing !== undefined) || (ifMatch !== undefined && ifMatch !== etagOf(existing!))) {
      return refuse(response, 412, 'PreconditionFailed');
    }
    objects.set(key, body);
    return response.writeHead(200, { ETag: etagOf(body) }).end();
  }

  function list(response: ServerResponse, query: URLSearchParams) {
    const [prefix, delimiter] = [query.get('prefix') ?? '', query.get('delimiter')];
    const entries = new Map<string, string>();
    for (const key of [...objects.keys()].filter((each) => each.startsWith(prefix)).sort()) {
      const end = delimiter === null ? -1 : key.indexOf(delimiter, prefix.length);
      const folder = key.slice(0, end + 1);
      const size = Buffer.byteLength(objects.get(key)!);
      const [name, element] =
        end < 0
          ? [
              key,
              `<Contents><Key>${escapeXml(key)}</Key><Size>${size}</Size><LastModified>${new Date().toISOString()}</LastModified></Contents>`,
            ]
          : [folder, `<CommonPrefixes><Prefix>${escapeXml(folder)}</Prefix></CommonPrefixes>`];
      entries.set(name, element);
    }
    const from = Number(query.get('continuation-token') ?? 0);
    // Pages of one folder, so that a client has to follow the cursor.
    const to = from + Number(query.get('max-keys') ?? (delimiter === null ? 1000 : 1));
    const next = to < entries.size ? `<NextContinuationToken>${to}</NextContinuationToken>` : '';
    const page = [...entries.values()].slice(from, to).join('');
    response.end(`<?xml version="1.0"?><ListBucketResult>${next}${page}</ListBucketResult>`);
  }

  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const server: S3Server = {
    endpoint: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    objects,
    requests: [],
    disturb: undefined,
    delayMs: 0,
    close() {
      http.closeAllConnections();
      http.close();
    },
  };
  return server;
}

function escapeXml(text: string): string {
  return text.replace(/[&<>]/g, (c) => `&#${c.charCodeAt(0)};`);
}

function etagOf(object: Uint8Array | string): string {
  return `"${createHash('md5').update(object).digest('hex')}"`;
}

export function refuse(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { 'Content-Type': 'application/xml' });
  response.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>No.</Message></Error>`);
}
