/** Takes batches out of a set in a thread of its own, so that the next one is ready when the device asks for it. */
import { Worker } from 'node:worker_threads';
import type { LabelledPictures, PictureSet } from '../data/picture-set.ts';

export class BatchLoader {
  readonly #thread: Worker;
  /** In the order in which they were asked for, which is that of the answers. */
  readonly #waiting: PromiseWithResolvers<LabelledPictures>[] = [];

  constructor(set: PictureSet) {
    this.#thread = new Worker(new URL('./batch-thread.ts', import.meta.url), { workerData: set.source });
    this.#thread.on('message', (batch: LabelledPictures) => this.#waiting.shift()?.resolve(batch));
    this.#thread.on('error', (error) => {
      for (const { reject } of this.#waiting.splice(0)) reject(error);
    });
  }

  take(indices: Uint32Array): Promise<LabelledPictures> {
    const waiting = Promise.withResolvers<LabelledPictures>();
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
