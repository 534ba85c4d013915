/**
 * Makes an error of a stream let go of the request that it came from. Its frames hold the functions that were waiting, and
 * by them the request; the stream holds the error for as long as the request is held. V8 does not see through that circle,
 * which leads through workerd: some 9 KB stayed behind of each client that left midway. Frames are dropped when they are
 * made into text.
 */
export function detachErrorStack(error: unknown): void {
  void (error as Error | undefined)?.stack;
}
