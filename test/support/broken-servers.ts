/** Servers that a client of S3 cannot work with. */
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface BrokenServers {
  readonly silent: string;
  readonly failing: string;
  close(): void;
}

/** Endpoints that never answer, and that answer each request with an internal error. */
export async function startBrokenServers(): Promise<BrokenServers> {
  const listen = async (listener: RequestListener) => {
    const server = createServer(listener).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return server;
  };
  const servers = [
    await listen(() => {}),
    await listen((_, response) => response.writeHead(500).end('<Error><Code>InternalError</Code></Error>')),
  ];
  const [silent = '', failing = ''] = servers.map((s) => `http://127.0.0.1:${(s.address() as AddressInfo).port}`);
  return {
    silent,
    failing,
    close() {
      for (const server of servers) {
        server.closeAllConnections();
        server.close();
      }
    },
  };
}
