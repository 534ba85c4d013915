/** One call of the Worker's API, with the key and with errors that carry what failure.ts asks for. */

/** The Worker answered with a problem document. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  /** Of the problem document; undefined where something before the Worker answered. */
  readonly code: string | undefined;
  /** Seconds. */
  readonly retryAfter: number | undefined;

  constructor(status: number, body: { code?: unknown; detail?: unknown }, retryAfter: string | null) {
    super(typeof body.detail === 'string' ? body.detail : `HTTP ${status}`);
    this.status = status;
    this.code = typeof body.code === 'string' ? body.code : undefined;
    const seconds = Number.parseInt(retryAfter ?? '', 10);
    this.retryAfter = Number.isNaN(seconds) ? undefined : seconds;
  }
}

export type Call = (path: string, init?: RequestInit) => Promise<Response>;

/**
 * @param address of the Worker
 * @returns what calls it; throws a Refusal where it refuses, and what `fetch` throws where there is no answer
 */
export function callsTo(address: string, key: string | undefined): Call {
  return async (path, init = {}) => {
    const headers = new Headers(init.headers);
    if (key) headers.set('Authorization', `Bearer ${key}`);
    const response = await fetch(new URL(path, address), { credentials: 'omit', ...init, headers });
    if (response.ok) return response;
    throw new Refusal(response.status, await response.json().catch(() => ({})), response.headers.get('Retry-After'));
  };
}
