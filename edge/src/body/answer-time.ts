/**
 * How long a request may work at its answer, counted from the last byte of its body; and whether anybody still waits for
 * it. Whatever waits (for a turn, the store, another host) stops when the signal says so.
 */
import { RETRY_AFTER_SECONDS } from '@glimpse/shared/api/limits';
import { Problem } from '@glimpse/shared/api/problems';

/** @param work gets a signal whose reason is the problem `out-of-time` */
export async function withinAnswerTime<T>(
  request: Request,
  seconds: number,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const give = (why: string) => () =>
    controller.abort(new Problem('out-of-time', why, { retryAfter: RETRY_AFTER_SECONDS }));
  const late = give(`There was no answer within ${seconds} s; try again in ${RETRY_AFTER_SECONDS} s.`);
  const gone = give('The client has left.');
  const timer = setTimeout(late, seconds * 1000);
  request.signal.addEventListener('abort', gone);
  try {
    if (request.signal.aborted) gone();
    return await work(controller.signal);
  } finally {
    clearTimeout(timer);
    request.signal.removeEventListener('abort', gone);
  }
}
