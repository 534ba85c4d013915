/**
 * Reads what nobody wants. wrangler answers 500 in place of the Worker where the body of a request is canceled in the
 * middle, and waits for ever where it is left and its sender has fallen silent; so the rest is read, within bounds. (A
 * body that no route has begun to read needs no care: wrangler drains it.)
 */
import type { Chunks } from './chunks.ts';
import { TIMED_OUT, within } from './deadline.ts';
import { detachErrorStack } from './detach-error-stack.ts';

/** Past this the connection may break: whoever sends so much has been told by Content-Length or does not listen. */
export const MAX_DISCARDED_BYTES = 128 * 1024 * 1024;

/** A sender who falls silent for so long gets his answer without further waiting. */
export const SILENCE_MS = 1_000;

/** And one who goes on for ever, after this. */
const PATIENCE_MS = 20_000;

export async function discard(chunks: Chunks): Promise<void> {
  const until = Date.now() + PATIENCE_MS;
  let discarded = 0;
  try {
    while (discarded <= MAX_DISCARDED_BYTES && Date.now() < until) {
      const next = await within(SILENCE_MS, chunks.read());
      if (next === TIMED_OUT || next.done) return;
      discarded += next.value.length;
    }
  } catch (error) {
    // The client has gone: there is nobody to answer.
    detachErrorStack(error);
  }
}
