/** Stands between a client and an S3 server, and does to their traffic what bad networks, proxies and servers do. */
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { AwsV4Signer } from 'aws4fetch';
import type { S3Server } from './start-s3.ts';

export interface Fault {
  /** The requests that it falls upon, as `GET /bucket/key?query`; all where it is absent. */
  readonly on?: RegExp;
  /** How many of them, from the first; all where it is absent. */
  readonly times?: number;
  /** Before anything is passed on. */
  readonly delayMs?: number;
  /** The server does what it was asked, and nobody hears of it: the connection breaks. */
  readonly losesAnswer?: boolean;
  /** Of the answer's body; then the connection breaks. */
  readonly cutAfterBytes?: number;
  /** Of the answer's body; then it ends as if that were all. */
  readonly endAfterBytes?: number;
  /** Instead of the server's answer, with the name that S3 gives the error. */
  readonly status?: readonly [number, string];
  /** In the place of the answer's ETag. */
  readonly etag?: string | ((right: string) => string);
  /** A condition on that ETag is answered as if it were the right one. */
  readonly believesEtag?: boolean;
  /** Headers of the request that are not passed on. */
  readonly drops?: readonly string[];
  /** Gives the request another signature, for a server that would see what was done to it. */
  readonly sign?: (incoming: IncomingMessage) => Promise<Record<string, string>>;
}

/** A request as the proxy saw it. Milliseconds of `performance.now()`. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly at: number;
  /** What the server answered, whatever came of it on its way. */
  status?: number | undefined;
  /** Undefined while it is under way. */
  endedAt?: number;
}

export interface FaultyProxy {
  readonly endpoint: string;
  fault: Fault | undefined;
  readonly seen: Seen[];
  close(): Promise<void>;
}

/** @param server its endpoint, `http://127.0.0.1:8333` */
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

/** @param clockMs how far the clock is off by which it is signed */
export function signAnew({ accessKeyId, secretAccessKey }: S3Server, clockMs = 0): Required<Fault>['sign'] {
  return async ({ method = 'GET', url = '', headers }) => {
    const datetime = new Date(Date.now() + clockMs).toISOString().replace(/[-:]|\.\d{3}/g, '');
    // S3 wants all of these to be signed.
    const amazons = Object.entries(headers).filter(([name]) => name.startsWith('x-amz-') && name !== 'x-amz-date');
    const signer = new AwsV4Signer({
      ...{ method, url: `http://${headers.host}${url}`, accessKeyId, secretAccessKey, service: 's3', datetime },
      ...{ region: 'us-east-1', headers: Object.fromEntries(amazons) as Record<string, string> },
    });
    return Object.fromEntries((await signer.sign()).headers as unknown as Iterable<[string, string]>);
  };
}

async function pass(target: URL, incoming: IncomingMessage, outgoing: ServerResponse, fault: Fault, entry: Seen) {
  // The signature covers the name under which the client knows the server, so that is passed on as it is.
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
  // What was written goes out first.
  await sleep(20);
  outgoing.destroy();
}
