/**
 * Makes every isolate of a workerd collect its garbage and returns the remaining memory of the Worker's isolate. Without
 * this, memory would depend on when V8 last collected: workerd may hold kilobytes for an object that V8 sees as a few bytes,
 * and the isolates in which Miniflare emulates R2 and the rate limits would grow by hundreds of megabytes.
 */
import { setTimeout as sleep } from 'node:timers/promises';

/** Memory of the Worker's isolate, in bytes. */
export interface Heap {
  /** Of JavaScript. */
  readonly used: number;
  /** Of array buffers: bodies, images, weights. */
  readonly buffers: number;
}

export interface Collector {
  /** @returns undefined if the Worker's isolate did not answer in time */
  collect(): Promise<Heap | undefined>;
  close(): void;
}

interface Isolate {
  readonly name: string;
  readonly socket: WebSocket;
  /** While it is asked. */
  answer: Promise<Heap> | undefined;
}

/** An isolate only answers while it handles requests. An idle isolate creates no garbage. */
const PATIENCE_MS = 2_000;

/**
 * @param inspector of workerd
 * @param name the Worker's
 */
export async function openCollector(inspector: URL, name: string): Promise<Collector> {
  const listed = await fetch(`http://${inspector.host}/json`);
  const targets = (await listed.json()) as { id: string; webSocketDebuggerUrl: string }[];
  const isolates: Isolate[] = await Promise.all(
    targets.map(async (target) => ({
      name: target.id,
      socket: await dial(target.webSocketDebuggerUrl),
      answer: undefined,
    })),
  );
  const ours = isolates.find((isolate) => isolate.name === `core:user:${name}`)!;
  return {
    async collect() {
      for (const isolate of isolates) {
        isolate.answer ??= collectIn(isolate.socket).finally(() => {
          isolate.answer = undefined;
        });
      }
      const heap = ours.answer!;
      const all = Promise.all(isolates.map(({ answer }) => answer));
      await Promise.race([all, sleep(PATIENCE_MS)]);
      return Promise.race([heap, sleep(0)]).then((it) => it ?? undefined);
    },
    close() {
      for (const { socket } of isolates) socket.close();
    },
  };
}

async function dial(address: string): Promise<WebSocket> {
  const socket = new WebSocket(address);
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = () => reject(new Error(`The inspector at ${address} does not answer.`));
  });
  return socket;
}

/** Uses the Chrome DevTools Protocol. */
async function collectIn(socket: WebSocket): Promise<Heap> {
  await call(socket, 1, 'HeapProfiler.collectGarbage');
  const { usedSize, backingStorageSize } = await call(socket, 2, 'Runtime.getHeapUsage');
  return { used: usedSize!, buffers: backingStorageSize! };
}

function call(socket: WebSocket, id: number, method: string): Promise<Record<string, number>> {
  return new Promise((resolve) => {
    const listen = ({ data }: MessageEvent) => {
      const said = JSON.parse(String(data));
      if (said.id !== id) return;
      socket.removeEventListener('message', listen);
      resolve(said.result ?? {});
    };
    socket.addEventListener('message', listen);
    socket.send(JSON.stringify({ id, method }));
  });
}
