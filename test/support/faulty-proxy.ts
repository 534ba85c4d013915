/** A proxy between a client and an S3 server that injects the faults of bad networks, proxies and servers. */
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { AwsV4Signer } from 'aws4fetch';
import type { S3Server } from './start-s3.ts';

export interface Fault {
  /** The requests that it affects, as `GET /bucket/key?query`; all requests if absent. */
  readonly on?: RegExp;
  /** How many of them, from the first; all if absent. */
  readonly times?: number;
  /** Milliseconds to wait before forwarding anything. */
  readonly delayMs?: number;
  /** The server handles the request, but the connection breaks before the response. */
  readonly losesAnswer?: boolean;
  /** Bytes of the response body before the connection breaks. */
  readonly cutAfterBytes?: number;
  /** Bytes of the response body before it ends as if complete. */
  readonly endAfterBytes?: number;
  /** Replaces the server's response, with S3's error code. */
  readonly status?: readonly [number, string];
  /** Replaces the response's ETag. */
  readonly etag?: string | ((right: string) => string);
  /** A condition on that ETag is answered as if it matched. */
  readonly believesEtag?: boolean;
  /** Request headers that are dropped. */
  readonly drops?: readonly string[];
  /** Signs the changed request again, for a server that would notice the change. */
  readonly sign?: (incoming: IncomingMessage) => Promise<Record<string, string>>;
}

/** A request as the proxy saw it, in milliseconds of `performance.now()`. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly at: number;
  /** The server's status, whatever the fault did to it afterward. */
  status?: number | undefined;
  /** Undefined while in flight. */
  endedAt?: number;
}

export interface FaultyProxy {
  readonly endpoint: string;
  fault: Fault | undefined;
  readonly seen: Seen[];
  close(): Promise<void>;
}

/** @param server the endpoint, such as `http://127.0.0.1:8333` */
export async function startFaultyProxy(server: string): Promise<FaultyProxy> {
  const target = new URL(server);
  const seen: Seen[] = [];
  const http = createServer((incoming, outgoing) => {
    const path = decodeURIComponent(new URL(incoming.url ?? '', server).pathname);
    const { method = '', headers } = incoming;
    const entry: Seen = { method, path, headers, at: performance.now() };
    seen.push(entry);
    outgoing.once('close', () => {
      entry.endedAt = performance.now();
    });
    pass(target, incoming, outgoing, faultFor(`${incoming.method} ${incoming.url}`), entry).catch(() =>
      outgoing.destroy(),
    );
  });
  const fallen = new Map<Fault, number>();
  function faultFor(line: string): Fault {
    const { fault } = proxy;
    if (fault === undefined || fault.on?.test(line) === false) return {};
    const before = fallen.get(fault) ?? 0;
    fallen.set(fault, before + 1);
    return before < (fault.times ?? Number.POSITIVE_INFINITY) ? fault : {};
  }
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const proxy: FaultyProxy = {
    endpoint: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    fault: undefined,
    seen,
    async close() {
      http.closeAllConnections();
      http.close();
    },
  };
  return proxy;
}

/** @param clockMs offset of the signing clock */
export function signAnew({ accessKeyId, secretAccessKey }: S3Server, clockMs = 0): Required<Fault>['sign'] {
  return async ({ method = 'GET', url = '', headers }) => {
    const datetime = new Date(Date.now() + clockMs).toISOString().replace(/[-:]|\.\d{3}/g, '');
    // S3 requires all of these to be signed.
    const amazons = Object.entries(headers).filter(([name]) => name.startsWith('x-amz-') && name !== 'x-amz-date');
    const signer = new AwsV4Signer({
      ...{ method, url: `http://${headers.host}${url}`, accessKeyId, secretAccessKey, service: 's3', datetime },
      ...{ region: 'us-east-1', headers: Object.fromEntries(amazons) as Record<string, string> },
    });
    return Object.fromEntries((await signer.sign()).headers as unknown as Iterable<[string, string]>);
  };
}

async function pass(target: URL, incoming: IncomingMessage, outgoing: ServerResponse, fault: Fault, entry: Seen) {
  // The signature covers the host name that the client used, so it is forwarded unchanged.
  const headers = { ...incoming.headers };
  const parts: Buffer[] = [];
  for await (const part of incoming) parts.push(part);
  if (fault.delayMs) await sleep(fault.delayMs);
  if (outgoing.destroyed) return;
  if (fault.status) {
    const [status, code] = fault.status;
    outgoing.writeHead(status, { 'Content-Type': 'application/xml' });
    outgoing.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>No.</Message></Error>`);
    return;
  }
  for (const name of fault.drops ?? []) delete headers[name.toLowerCase()];
  if (fault.believesEtag && incoming.headers['if-none-match'] === fault.etag) {
    outgoing.writeHead(304).end();
    return;
  }
  Object.assign(headers, await fault.sign?.(incoming));
  const { hostname, port } = target;
  const passed = request({ hostname, port, method: incoming.method, path: incoming.url, headers });
  passed.end(Buffer.concat(parts));
  const [response] = (await once(passed, 'response')) as [IncomingMessage];
  entry.status = response.statusCode;
  await answer(response, outgoing, fault);
}

async function answer(response: IncomingMessage, outgoing: ServerResponse, fault: Fault): Promise<void> {
  const { headers, statusCode = 502 } = response;
  const { etag, cutAfterBytes, endAfterBytes } = fault;
  if (etag !== undefined && headers.etag !== undefined) {
    headers.etag = typeof etag === 'string' ? etag : etag(headers.etag);
  }
  const parts: Buffer[] = [];
  for await (const part of response) parts.push(part);
  const body = Buffer.concat(parts);
  if (fault.losesAnswer) {
    outgoing.destroy();
    return;
  }
  if (endAfterBytes !== undefined) delete headers['content-length'];
  outgoing.writeHead(statusCode, headers);
  if (cutAfterBytes === undefined) {
    outgoing.end(body.subarray(0, endAfterBytes));
    return;
  }
  outgoing.flushHeaders();
  outgoing.write(body.subarray(0, cutAfterBytes));
  // Flushes what was written first.
  await sleep(20);
  outgoing.destroy();
}
