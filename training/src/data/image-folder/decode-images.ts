/** Decodes many files on a few threads. Each thread has one batch at a time, so memory does not grow with their number. */
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Target } from '@glimpse/shared/image/area-average/area-average';

export interface FileBatch {
  /** Number of the first file. */
  readonly first: number;
  readonly files: readonly { readonly path: string; readonly size: number }[];
}

/** Zeros where a file is unreadable. */
export interface DecodedBatch {
  readonly first: number;
  /** [files, height, width, channels], 0-255. */
  readonly pixels: Uint8Array;
  /** [files, HASH_BYTES]: of the files' bytes, and of the pixels. */
  readonly fileHashes: Uint8Array;
  readonly pixelHashes: Uint8Array;
  /** Numbers of the files that cannot be read, and why. */
  readonly unreadable: readonly (readonly [file: number, reason: string])[];
}

const FILES_A_BATCH = 32;
/** Beyond that the disk is what one waits for. */
const MAX_THREADS = 16;

/** @param take gets each batch, in no particular order; a thread's next one waits for it */
export async function decodeImages(
  batches: { count: number; at(first: number, count: number): FileBatch['files'] },
  target: Target,
  take: (batch: DecodedBatch) => Promise<void>,
): Promise<void> {
  const threads = Math.min(availableParallelism(), MAX_THREADS, Math.ceil(batches.count / FILES_A_BATCH));
  let next = 0;
  async function work(thread: Worker): Promise<void> {
    while (next < batches.count) {
      const first = next;
      next += FILES_A_BATCH;
      const files = batches.at(first, Math.min(FILES_A_BATCH, batches.count - first));
      thread.postMessage({ first, files } satisfies FileBatch);
      // `once` rejects when the thread fails.
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
