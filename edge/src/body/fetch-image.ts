/**
 * Fetches an image from the address that a caller sends: only https, only from hosts that the owner of the Worker lists.
 * Each redirect is checked in the same way. A Worker sees only the name of a host: it can neither look up nor pin the IP
 * address. So list only hosts whose owner you trust.
 */
import { Problem } from '@glimpse/shared/api/problems';
import type { ByteBudget } from './byte-budget.ts';
import type { HeldBody } from './read-body.ts';
import { collect } from './stream.ts';

type FetchedImage = Pick<HeldBody, 'bytes' | 'release'>;

export interface FetchLimits {
  /** Lowercase host names. */
  readonly hosts: ReadonlySet<string>;
  readonly maxBytes: number;
  readonly budget: ByteBudget;
  /** The caller, who has a share of the budget. */
  readonly sender?: string | undefined;
  /** From the first request to the last byte. */
  readonly seconds: number;
  readonly signal: AbortSignal;
  readonly fetch: (address: string, init: RequestInit) => Promise<Response>;
}

const MAX_REDIRECTS = 3;
const REDIRECTS = [301, 302, 303, 307, 308];

/** @throws {Problem} url-refused, url-failed, body-too-large, busy; the signal's reason */
export async function fetchImage(address: string, limits: FetchLimits): Promise<FetchedImage> {
  const { budget, maxBytes, seconds, signal } = limits;
  const share = budget.reserve(limits.sender);
  try {
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(seconds * 1000)]);
    const response = await follow(address, limits, deadline);
    const reader = response.body?.getReader();
    if (!reader) throw failed(address, 'has no body');
    let length = 0;
    try {
      const bytes = await collect(() => reader.read(), {
        count(more) {
          length += more;
          if (length > maxBytes) {
            const detail = `The image at the address exceeds the limit of ${maxBytes} bytes.`;
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
    throw failed(address, late ? `did not send the image within ${seconds} s` : 'is unreachable', error);
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
    address = allowed(URL.parse(location, address)?.href ?? location, hosts, 'The target of the redirect');
  }
  throw failed(address, `redirects more than ${MAX_REDIRECTS} times`);
}

/** Parsed as a URL, every notation of an IP address becomes one that no list of names contains. */
function allowed(text: string, hosts: ReadonlySet<string>, subject = 'The address'): string {
  const refused = (why: string) => new Problem('url-refused', `${subject} ${why}`);
  if (hosts.size === 0)
    throw refused(
      'cannot be fetched: this endpoint requires the image itself. Its owner can allow hosts with ALLOWED_IMAGE_HOSTS.',
    );
  const url = URL.parse(text);
  if (url?.protocol !== 'https:') throw refused('must use https.');
  if (url.username || url.password) throw refused('must not have credentials.');
  if (url.port) throw refused('must not have a port.');
  if (!hosts.has(url.hostname)) {
    const allowed = [...hosts].slice(0, 5).join(', ');
    throw refused(
      `is on ${url.hostname.slice(0, 100)}, which is not an allowed host. Allowed are ${allowed}. Send the image itself, or ` +
        'ask the owner of the endpoint to add the host to ALLOWED_IMAGE_HOSTS.',
    );
  }
  url.hash = '';
  return url.href;
}

function failed(address: string, why: string, cause?: unknown): Problem {
  // Without the query, which may be confidential.
  const { host, pathname } = new URL(address);
  const shown = `${host}${pathname}`.slice(0, 200);
  return new Problem('url-failed', `${shown} ${why}.`, cause === undefined ? {} : { cause });
}

function busy(): Problem {
  return new Problem('busy', 'Other images fill the memory. Try again.', { retryAfter: 1 });
}
