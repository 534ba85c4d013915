/** A proxy in front of the Worker that records requests, because browser tools do not show the bytes of a Blob. */
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  readonly type: string | undefined;
  readonly body: Buffer;
}

export interface Recorder {
  readonly origin: string;
  /** The POST requests so far, oldest first. Empty it to start over. */
  readonly received: Received[];
  close(): Promise<void>;
}

export async function recordCalls(to: URL): Promise<Recorder> {
  const received: Received[] = [];
  const server = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    if (incoming.method === 'POST') received.push({ type: incoming.headers['content-type'], body });
    const { method, headers } = incoming;
    const onward = request(new URL(incoming.url ?? '/', to), { method, headers: { ...headers, host: to.host } });
    onward.on('response', (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    onward.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
