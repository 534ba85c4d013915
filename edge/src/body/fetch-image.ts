/**
 * An image from the address that a caller sends: only https, only from hosts that the Worker's owner lists, and each
 * redirect looked at as if it had been sent. (What name a host has is all that a Worker sees of it: which address the
 * name leads to, it can neither ask nor pin. So list hosts whose owner you trust.)
 */
import { classifyJsonSchema } from '@glimpse/shared/api/classify';
import { Problem } from '@glimpse/shared/api/problems';
import type { ByteBudget } from './byte-budget.ts';
import { collect } from './collect.ts';
import type { HeldBody } from './read-body.ts';

export interface FetchLimits {
  /** In lower case, as URLs write them. */
  readonly hosts: ReadonlySet<string>;
  readonly maxBytes: number;
  readonly budget: ByteBudget;
  /** From the first request to the last byte. */
  readonly seconds: number;
  readonly signal: AbortSignal;
  readonly fetch: (address: string, init: RequestInit) => Promise<Response>;
}

/** A body with an address in it has no more; what is longer is an image. */
const MAX_JSON_BYTES = 8192;
const MAX_REDIRECTS = 3;
const REDIRECTS = [301, 302, 303, 307, 308];

/** The address in a JSON body; undefined of every other body, however malformed. */
export function addressIn(bytes: Uint8Array, contentType: string | null): string | undefined {
  if (bytes.length > MAX_JSON_BYTES || !/^\s*application\/json\s*(;|$)/i.test(contentType ?? '')) return undefined;
  try {
    const { data } = classifyJsonSchema.safeParse(JSON.parse(new TextDecoder().decode(bytes)));
    return data && 'url' in data ? data.url : undefined;
  } catch {
    return undefined;
  }
}

/** @throws {Problem} url-refused, url-failed, body-too-large, busy; the signal's reason */
export async function fetchImage(address: string, limits: FetchLimits): Promise<HeldBody> {
  const { budget, maxBytes, seconds, signal } = limits;
  const share = budget.open();
  try {
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(seconds * 1000)]);
    const response = await follow(address, limits, deadline);
    const reader = response.body?.getReader();
    if (!reader) throw failed(address, 'sent nothing');
    let length = 0;
    try {
      const bytes = await collect(() => reader.read(), {
        count(more) {
          length += more;
          if (length > maxBytes) {
            const detail = `The address gave more than the ${maxBytes} bytes that are taken.`;
            throw new Problem('body-too-large', detail, { extensions: { limit: maxBytes } });
          }
          if (!share.take(more)) throw busy();
        },
      });
      return { bytes, release: share.release };
    } catch (error) {
      reader.cancel().catch(() => {});
      throw error;
    }
  } catch (error) {
    share.release();
    if (error instanceof Problem) throw error;
    signal.throwIfAborted();
    const late = error instanceof Error && error.name === 'TimeoutError';
    throw failed(address, late ? `did not give it within ${seconds} s` : 'cannot be reached', error);
  }
}

async function follow(sent: string, { hosts, fetch }: FetchLimits, signal: AbortSignal): Promise<Response> {
  let address = allowed(sent, hosts);
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const response = await fetch(address, { redirect: 'manual', signal, headers: { Accept: 'image/*' } });
    if (response.status === 200) return response;
    response.body?.cancel().catch(() => {});
    const location = response.headers.get('Location');
    if (!REDIRECTS.includes(response.status) || location === null) throw failed(address, `answered ${response.status}`);
    address = allowed(URL.parse(location, address)?.href ?? location, hosts, 'leads to an address that');
  }
  throw failed(address, `redirects more than ${MAX_REDIRECTS} times`);
}

/** As the URL standard reads it: there, every notation of an IP address has become one that no list of names holds. */
function allowed(text: string, hosts: ReadonlySet<string>, subject = 'The address'): string {
  const refused = (why: string) =>
    new Problem('url-refused', `${subject === 'The address' ? subject : `The address ${subject}`} ${why}`);
  if (hosts.size === 0) throw refused('is not fetched: here, send the image itself.');
  const url = URL.parse(text);
  if (url?.protocol !== 'https:') throw refused('is not an https one.');
  if (url.username || url.password) throw refused('has credentials, which are not taken.');
  if (url.port) throw refused('has a port, which is not taken.');
  if (!hosts.has(url.hostname))
    throw refused(`is not on a host that is allowed: ${[...hosts].slice(0, 5).join(', ')}.`);
  url.hash = '';
  return url.href;
}

function failed(address: string, why: string, cause?: unknown): Problem {
  // Without the query, which may hold what is nobody's business.
  const { host, pathname } = new URL(address);
  const shown = `${host}${pathname}`.slice(0, 200);
  return new Problem('url-failed', `${shown} ${why}.`, cause === undefined ? {} : { cause });
}

function busy(): Problem {
  return new Problem('busy', 'Other images fill the memory just now; try again.', { retryAfter: 1 });
}
