/** Reads batches from a set in a worker thread, so that the next batch is ready when the device needs it. */
import { Worker } from 'node:worker_threads';
import type { ImageSet, LabeledImages } from '../data/image-set.ts';

export class BatchLoader {
  readonly #thread: Worker;
  /** In the order of the requests, which is the order of the answers. */
  readonly #waiting: PromiseWithResolvers<LabeledImages>[] = [];

  constructor(set: ImageSet) {
    this.#thread = new Worker(new URL('./batch-thread.ts', import.meta.url), { workerData: set.source });
    this.#thread.on('message', (batch: LabeledImages) => this.#waiting.shift()?.resolve(batch));
    this.#thread.on('error', (error) => {
      for (const { reject } of this.#waiting.splice(0)) reject(error);
    });
  }

  take(indices: Uint32Array): Promise<LabeledImages> {
    const waiting = Promise.withResolvers<LabeledImages>();
    // The run may end before anyone awaits this batch. That must not be an unhandled rejection.
    waiting.promise.catch(() => {});
    this.#waiting.push(waiting);
    this.#thread.postMessage(indices);
    return waiting.promise;
  }

  async close(): Promise<void> {
    await this.#thread.terminate();
  }
}
