/**
 * Reads the rest of a body and ignores it. wrangler answers 500 in place of the Worker if the body of a request is
 * canceled midway, and waits forever if it is left unread and its sender stops sending. So the rest is read, within
 * limits. (A body that no route has begun to read needs no care: wrangler drains it.)
 */
import { TIMED_OUT, withTimeout } from './deadline.ts';
import type { Chunks } from './stream.ts';

/** After this, the connection may break: the sender ignores both the limit and the answer. */
export const MAX_DRAINED_BYTES = 128 * 1024 * 1024;

/** A sender that stops for this long gets the answer at once. */
export const MAX_SILENCE_MS = 1_000;

const MAX_DRAIN_MS = 20_000;

export async function drainBody(chunks: Chunks): Promise<void> {
  const until = Date.now() + MAX_DRAIN_MS;
  let drained = 0;
  try {
    while (drained <= MAX_DRAINED_BYTES && Date.now() < until) {
      const next = await withTimeout(MAX_SILENCE_MS, chunks.read());
      if (next === TIMED_OUT || next.done) return;
      drained += next.value.length;
    }
  } catch (error) {
    // The client has left.
    detachErrorStack(error);
  }
}

/**
 * Releases the request that a stream's error refers to. The error's stack frames hold the waiting functions and thereby
 * the request, and the stream holds the error as long as the request is held. V8 cannot collect this cycle, since it
 * leads through workerd; about 9 KB leaked per client that left midway. Reading `stack` turns the frames into text and
 * drops them.
 */
export function detachErrorStack(error: unknown): void {
  void (error as Error | undefined)?.stack;
}
