/** Counts the work of a decode, so that the same files are refused on every machine, regardless of its speed. */
import { ImageError } from '../image-error.ts';

/**
 * Units of about 10 ns on a server core. A 12-megapixel photo of quality 92 needs 1.3 to 5 million, depending on the model's
 * input, and the limit is about 15 times its time. Every decoder counts what it reads, builds and writes.
 */
export const MAX_WORK = 47e6;

export class WorkMeter {
  readonly limit: number;
  #spent = 0;

  /** @param limit units; infinite for files whose work nobody else pays for, such as those of the trainer's owner */
  constructor(limit: number = MAX_WORK) {
    this.limit = limit;
  }

  get spent(): number {
    return this.#spent;
  }

  /** @throws {ImageError} image-undecodable with `limit` and `actual` */
  spend(units: number): void {
    this.#spent += units;
    if (this.#spent <= this.limit) return;
    throw new ImageError('image-undecodable', 'this image needs too much work to decode; send a smaller one', {
      details: { limit: this.limit, actual: Math.ceil(this.#spent) },
    });
  }
}
