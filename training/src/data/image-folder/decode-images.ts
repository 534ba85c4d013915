/** Decodes many files on a few threads. Each thread has one batch at a time, so memory use is bounded. */
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Target } from '@glimpse/shared/image/area-average/area-average';

export interface FileBatch {
  /** Index of the first file. */
  readonly first: number;
  readonly files: readonly { readonly path: string; readonly size: number }[];
}

/** Unreadable files have zeros. */
export interface DecodedBatch {
  readonly first: number;
  /** [files, height, width, channels], 0-255. */
  readonly pixels: Uint8Array;
  /** [files, HASH_BYTES]: hashes of the files' bytes and of the pixels. */
  readonly fileHashes: Uint8Array;
  readonly pixelHashes: Uint8Array;
  /** Indices of the files that cannot be read, and why. */
  readonly unreadable: readonly (readonly [file: number, reason: string])[];
}

const BATCH_SIZE = 32;
/** With more threads, the disk is the bottleneck. */
const MAX_THREADS = 16;

/** @param take receives each batch, in no particular order; the thread waits for it before its next batch */
export async function decodeImages(
  batches: { count: number; at(first: number, count: number): FileBatch['files'] },
  target: Target,
  take: (batch: DecodedBatch) => Promise<void>,
): Promise<void> {
  const threads = Math.min(availableParallelism(), MAX_THREADS, Math.ceil(batches.count / BATCH_SIZE));
  let next = 0;
  async function work(thread: Worker): Promise<void> {
    while (next < batches.count) {
      const first = next;
      next += BATCH_SIZE;
      const files = batches.at(first, Math.min(BATCH_SIZE, batches.count - first));
      thread.postMessage({ first, files } satisfies FileBatch);
      // `once` rejects if the thread fails.
      const [decoded] = (await once(thread, 'message')) as [DecodedBatch];
      await take(decoded);
    }
  }
  const started = Array.from(
    { length: threads },
    () => new Worker(new URL('./decode-thread.ts', import.meta.url), { workerData: target }),
  );
  try {
    await Promise.all(started.map(work));
  } finally {
    await Promise.all(started.map((thread) => thread.terminate()));
  }
}
