/** Pictures a second that one isolate classifies, under several clients at once. */
import { jpegPhoto } from '../pictures/photo.ts';
import type { Samples } from './measure.ts';
import type { Subject } from './subject.ts';
import type { BuiltWorker } from './worker-build.ts';
import { type StartedWorker, startWorker } from './worker-start.ts';

export type ServerName = 'glimpse' | 'stock';

export interface ThroughputResult {
  /** Of the picture. */
  readonly bytes: number;
  readonly clients: number;
  /** Answers a second, one figure a round. */
  readonly samples: Samples<ServerName>;
}

export interface ThroughputOptions {
  readonly rounds: number;
  /** Milliseconds that each gets in a round. */
  readonly slotMs: number;
}

const CLIENTS = 8;

export async function compareThroughput(
  built: Record<ServerName, BuiltWorker>,
  subject: Subject,
  { rounds, slotMs }: ThroughputOptions,
): Promise<ThroughputResult> {
  // About 200 KB: what a phone's app sends after it has scaled a photo down.
  const photo = new Uint8Array(await jpegPhoto(1600, 1200, { quality: 80 }));
  const workers = { glimpse: await startWorker(built.glimpse), stock: await startWorker(built.stock) };
  const names = Object.keys(workers) as ServerName[];
  try {
    for (const name of names) {
      for (const [key, bytes] of subject.objects) await workers[name].put(key, bytes);
      await load(workers[name], photo, slotMs);
    }
    const samples: Samples<ServerName> = { glimpse: [], stock: [] };
    for (let round = 0; round < rounds; round++) {
      for (const name of round % 2 === 0 ? names : names.toReversed()) {
        samples[name].push(await load(workers[name], photo, slotMs));
      }
    }
    return { bytes: photo.length, clients: CLIENTS, samples };
  } finally {
    for (const name of names) await workers[name].stop();
  }
}

/** @returns answers a second */
async function load(worker: StartedWorker, photo: Uint8Array<ArrayBuffer>, milliseconds: number): Promise<number> {
  const started = performance.now();
  let answers = 0;
  const client = async () => {
    do {
      const response = await worker.fetch('/v1/classify', { method: 'POST', body: photo });
      const text = await response.text();
      if (!response.ok) throw new Error(`${response.status}: ${text}`);
      answers++;
    } while (performance.now() - started < milliseconds);
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  return (answers * 1000) / (performance.now() - started);
}
