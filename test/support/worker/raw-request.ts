/** HTTP/1.1 over a raw socket, for what no client library sends: false lengths, stalled bodies, disconnects. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface RawRequest {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Record<string, string>;
  /** Sent as they are; with `chunked`, framed in chunked transfer coding and terminated. */
  readonly parts?: readonly Uint8Array[];
  readonly chunked?: boolean;
  /** Single bytes after the parts, at an interval. */
  readonly drip?: { readonly everyMs: number; readonly times: number };
}

export interface RawAnswer {
  readonly status: number;
  readonly head: string;
  readonly body: string;
}

export interface RawConnection {
  /** Rejects if the connection ends without a response. */
  readonly answer: Promise<RawAnswer>;
  /** Settles when everything is sent, or the other side stops reading. */
  readonly sent: Promise<void>;
  /** Closes the connection, like a client that disconnects. */
  leave(): void;
  /** Resets the connection: nothing sent to it will be read. */
  reset(): void;
}

const PATIENCE_MS = 20_000;

export function open(base: URL, request: RawRequest): RawConnection {
  const { method = 'POST', path, headers = {}, parts = [], chunked = false, drip } = request;
  const socket = connect(Number(base.port), base.hostname);
  const answer = new Promise<RawAnswer>((resolve, reject) => {
    let text = '';
    const end = () => {
      const split = text.indexOf('\r\n\r\n');
      const status = /^HTTP\/1\.1 (\d{3})/.exec(text)?.[1];
      const head = text.slice(0, split);
      // The connection may continue with the response to the next request.
      const body = text.slice(split + 4).slice(0, lengthOf(head));
      if (status) resolve({ status: Number(status), head, body });
      else reject(new Error(`no answer, but ${JSON.stringify(text.slice(0, 100))}`));
      socket.destroy();
    };
    socket.on('data', (data) => {
      text += data.toString('latin1');
      const split = text.indexOf('\r\n\r\n');
      if (split < 0) return;
      const length = lengthOf(text.slice(0, split));
      if (length === undefined ? text.endsWith('0\r\n\r\n') : text.length >= split + 4 + length) end();
    });
    socket.on('error', () => {});
    socket.on('close', end);
    socket.setTimeout(PATIENCE_MS, end);
  });
  answer.catch(() => {});

  async function write(): Promise<void> {
    const lines = { Host: base.host, ...(chunked ? { 'Transfer-Encoding': 'chunked' } : {}), ...headers };
    const head = Object.entries(lines).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.write(`${method} ${path} HTTP/1.1\r\n${head.join('')}\r\n`);
    for (const part of parts) {
      if (socket.destroyed) return;
      if (chunked) socket.write(`${part.length.toString(16)}\r\n`);
      const flushed = socket.write(part);
      if (chunked) socket.write('\r\n');
      if (!flushed) await once(socket, 'drain');
    }
    for (let i = 0; drip && i < drip.times && !socket.destroyed; i++) {
      socket.write('x');
      await sleep(drip.everyMs);
    }
    if (chunked) socket.write('0\r\n\r\n');
  }
  const ended = answer.then(
    () => {},
    () => {},
  );
  return {
    answer,
    sent: Promise.race([write().catch(() => {}), ended]),
    leave: () => socket.destroy(),
    reset: () => socket.resetAndDestroy(),
  };
}

export function exchange(base: URL, request: RawRequest): Promise<RawAnswer> {
  return open(base, request).answer;
}

function lengthOf(head: string): number | undefined {
  const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
  return length === undefined ? undefined : Number(length);
}
