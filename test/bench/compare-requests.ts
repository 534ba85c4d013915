/** Compares the request rate of one isolate, with one client and with many: our Worker and a stock one. */
import { RAW_PIXELS_TYPE } from '@glimpse/shared/api/raw-pixels';
import sharp from 'sharp';
import { jpegPhoto } from '../images/photo.ts';
import { type AskedAgain, askAgain } from './http-load.ts';
import { percentile, type Samples, turns } from './measure.ts';
import type { Subject } from './subject.ts';
import type { BuiltWorker } from './worker-build.ts';
import { type StartedWorker, startWorker } from './worker-start.ts';

export type ServerName = 'glimpse' | 'stock';

export interface RequestsResult {
  readonly image: SentName;
  /** Of the body. */
  readonly bytes: number;
  readonly clients: number;
  /** Answers per second, one value per round. */
  readonly rates: Samples<ServerName>;
  /** Milliseconds per answer, over all rounds. */
  readonly times: Record<ServerName, { readonly p50: number; readonly p99: number }>;
}

export interface RequestsOptions {
  readonly rounds: number;
  /** Milliseconds for each per round. */
  readonly slotMs: number;
}

export type SentName = 'raw 32 x 32' | 'JPEG';

export interface Sent {
  readonly name: SentName;
  readonly body: Uint8Array;
  readonly headers: Record<string, string>;
}

const CLIENTS = [1, 8, 64];
/** High enough that no request gets a 503, which the stock Worker never sends. */
const ALL_WAIT = { MAX_WAITING: { type: 'text', value: '64' } } as const;

export async function compareRequests(
  built: Record<ServerName, BuiltWorker>,
  subject: Subject,
  { rounds, slotMs }: RequestsOptions,
): Promise<RequestsResult[]> {
  const workers = {
    glimpse: await startWorker(built.glimpse, { env: ALL_WAIT }),
    stock: await startWorker(built.stock),
  };
  try {
    const names = Object.keys(workers) as ServerName[];
    for (const name of names) await fill(workers[name], subject);
    const results: RequestsResult[] = [];
    for (const sent of await whatIsSent(subject)) {
      for (const name of names) await askAgain(asked(workers[name], sent), 8, slotMs);
      for (const clients of CLIENTS) {
        const rates: Samples<ServerName> = { glimpse: [], stock: [] };
        const times: Record<ServerName, number[]> = { glimpse: [], stock: [] };
        for (let round = 0; round < rounds; round++) {
          for (const name of turns(names, round)) {
            const answered = await askAgain(asked(workers[name], sent), clients, slotMs);
            rates[name].push(answered.rate);
            times[name].push(...answered.times);
          }
        }
        const { name: image, body } = sent;
        const ofAll = (of: readonly number[]) => ({ p50: percentile(of, 0.5), p99: percentile(of, 0.99) });
        const summed = { glimpse: ofAll(times.glimpse), stock: ofAll(times.stock) };
        results.push({ image, bytes: body.length, clients, rates, times: summed });
      }
    }
    return results;
  } finally {
    for (const worker of Object.values(workers)) await worker.stop();
  }
}

export async function fill(worker: StartedWorker, subject: Subject): Promise<void> {
  for (const [key, bytes] of subject.objects) await worker.put(key, bytes);
}

/** Raw pixels, which need no decoder, and a JPEG of about 200 KB, as an app sends after scaling a photo down. */
export async function whatIsSent(subject: Subject): Promise<Sent[]> {
  const raw = await sharp(subject.file).removeAlpha().raw().toBuffer();
  return [
    { name: 'raw 32 x 32', body: raw, headers: { 'Content-Type': RAW_PIXELS_TYPE } },
    { name: 'JPEG', body: await jpegPhoto(1600, 1200, { quality: 80 }), headers: { 'Content-Type': 'image/jpeg' } },
  ];
}

export function asked({ url }: StartedWorker, { body, headers }: Sent): AskedAgain {
  return { url: new URL('/v1/classify', url), body, headers };
}
