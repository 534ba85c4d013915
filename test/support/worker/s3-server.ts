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
        return searchParams.has('delimiter') ? list(response, searchParams) : listKeys(response, searchParams);
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

  function listKeys(response: ServerResponse, query: URLSearchParams) {
    const keys = [...objects.keys()].filter((key) => key.startsWith(query.get('prefix') ?? '')).sort();
    const from = Number(query.get('continuation-token') ?? 0);
    const to = from + Number(query.get('max-keys') ?? 1000);
    const escaped = (text: string) => text.replace(/[&<>]/g, (c) => `&#${c.charCodeAt(0)};`);
    const contents = keys
      .slice(from, to)
      .map(
        (key) => `<Contents><Key>${escaped(key)}</Key><Size>${Buffer.byteLength(objects.get(key)!)}</Size></Contents>`,
      );
    const next = to < keys.length ? `<NextContinuationToken>${to}</NextContinuationToken>` : '';
    response.end(`<?xml version="1.0"?><ListBucketResult>${next}${contents.join('')}</ListBucketResult>`);
  }

  function list(response: ServerResponse, query: URLSearchParams) {
    const prefix = query.get('prefix') ?? '';
    const folders = [...objects.keys()]
      .filter((key) => key.startsWith(prefix) && key.slice(prefix.length).includes('/'))
      .map((key) => key.slice(0, key.indexOf('/', prefix.length) + 1));
    const unique = [...new Set(folders)].sort();
    // One object per page, so that a client must follow the pages.
    const index = Number(query.get('continuation-token') ?? 0);
    const next = index + 1 < unique.length ? `<NextContinuationToken>${index + 1}</NextContinuationToken>` : '';
    const folder = unique[index] ? `<CommonPrefixes><Prefix>${unique[index]}</Prefix></CommonPrefixes>` : '';
    response.end(`<?xml version="1.0"?><ListBucketResult>${next}${folder}</ListBucketResult>`);
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

function etagOf(object: Uint8Array | string): string {
  return `"${createHash('md5').update(object).digest('hex')}"`;
}

export function refuse(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { 'Content-Type': 'application/xml' });
  response.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>No.</Message></Error>`);
}
