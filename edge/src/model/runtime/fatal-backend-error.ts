/** Whether an error has left the WASM heap in a state that nobody knows: the backend has to be discarded. */
export function isFatalBackendError(error: unknown): boolean {
  return (
    error instanceof WebAssembly.RuntimeError ||
    (error instanceof Error && /tfjs WASM (memory is full|module aborted)/.test(error.message))
  );
}
