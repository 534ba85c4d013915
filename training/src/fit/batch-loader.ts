/** Takes batches out of a set in a thread of its own, so that the next one is ready when the device asks for it. */
import { Worker } from 'node:worker_threads';
import type { ImageSet, LabeledImages } from '../data/image-set.ts';

export class BatchLoader {
  readonly #thread: Worker;
  /** In the order in which they were asked for, which is that of the answers. */
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
    // A batch that nobody came for, since the run ended before, is no error that nobody caught.
    waiting.promise.catch(() => {});
    this.#waiting.push(waiting);
    this.#thread.postMessage(indices);
    return waiting.promise;
  }

  async close(): Promise<void> {
    await this.#thread.terminate();
  }
}
