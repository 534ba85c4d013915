/** The Worker's log: a line of JSON per request, error and warning. */

/** For the operator of the Worker, when nothing fails. */
export function logWarning(what: string, message: string): void {
  console.warn(JSON.stringify({ level: 'warning', what, message }));
}

/** @param line members that are undefined are omitted */
export function logRequest(line: Readonly<Record<string, unknown>>): void {
  console.log(JSON.stringify({ level: 'info', what: 'request', ...line }));
}

export function logError(what: string, error: unknown, context: Record<string, string | null> = {}): void {
  const { name, message, code, cause, stack } = describe(error);
  console.error(
    JSON.stringify({
      level: 'error',
      what,
      ...context,
      error: message,
      name,
      ...(code === undefined ? { stack } : { code }),
      ...(cause === undefined ? {} : { cause: describe(cause).message }),
    }),
  );
}

function describe(thrown: unknown) {
  if (!(thrown instanceof Error)) return { name: typeof thrown, message: String(thrown) };
  const { name, message, cause, stack } = thrown;
  return { name, message, cause, stack, code: (thrown as { code?: string }).code };
}
