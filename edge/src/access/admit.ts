/** Decides whether a request is served. Checked in this order: key, page, scope, rate, quota. */
import type { KeyIdentity, KeyRecord } from '@glimpse/shared/access/key-record';
import { Problem } from '@glimpse/shared/api/problems';
import { type AppContext, queryOf } from '../context.ts';
import { isMetered, type Route } from '../routes/route.ts';
import type { Access } from './access.ts';
import { type Credentials, readCredentials } from './credentials.ts';
import type { QuotaState } from './daily-quota.ts';
import { lookUpKey } from './look-up-key.ts';
import { clientNetwork } from './rate-guard.ts';

export interface Admission {
  /**
   * Counts the images of a request beyond its first, once it has been parsed. A refused request is not charged at all.
   *
   * @throws {Problem} quota-exhausted, if the quota has fewer left
   */
  countFurther(images: number): Promise<void>;
  /** To be called when the response exists: sets headers, and takes back what a failed request was charged. */
  onResponse(): void;
}

const UNMETERED: Admission = { async countFurther() {}, onResponse() {} };

/** @throws {Problem} that says why the request is not served */
export async function admit(c: AppContext, route: Route): Promise<Admission> {
  const { scope } = route;
  if (scope === 'none') return UNMETERED;
  const { access } = c.get('isolate');
  const { url } = c.req;
  const credentials = readCredentials(c.req.raw.headers, queryOf(url));

  if (credentials.sent !== 'key') {
    if (access.requireKeys) throw keyRequired(credentials);
    await limitNetwork(c, access);
    c.set('corsOrigin', '*');
    return UNMETERED;
  }

  const identity = await access.keyHashes.of(credentials.text);
  // Unknown keys count against the network as well, because each guess costs a read.
  if (credentials.kind === 'publishable' || !access.keys?.isKnown(identity)) await limitNetwork(c, access);
  const key = await findKey(access, identity, c);
  if (key.kind === 'publishable') {
    const self = new URL(url).origin;
    const page = originOfPage(c.req.raw.headers, self);
    // The Worker's own pages may use any key: browsers show the widget's frame only on the key's pages.
    const allowed = page !== undefined && (page === self || key.origins.includes(page));
    if (!allowed) throw originRefused(page);
    c.set('corsOrigin', page);
  }
  if (scope !== 'any' && !key.scopes.includes(scope)) {
    throw new Problem(
      'scope-missing',
      `This key's scopes are ${key.scopes.join(', ')}; this endpoint requires \`${scope}\`.`,
    );
  }
  await access.perKey?.take(key.id);
  const admission = isMetered(route) ? await countInQuota(c, key) : UNMETERED;
  if (key.kind === 'secret') c.set('corsOrigin', access.requireKeys ? null : '*');
  return {
    countFurther: admission.countFurther,
    onResponse() {
      preventSharedCaching(c);
      admission.onResponse();
    },
  };
}

/**
 * The origin of the page that sent a request. Browsers omit `Origin` from GET and HEAD requests to the page's own host, and say
 * so in `Sec-Fetch-Site`. Neither can be set by a script.
 *
 * @param self origin of this Worker
 */
function originOfPage(headers: Headers, self: string): string | undefined {
  return headers.get('Origin') ?? (headers.get('Sec-Fetch-Site') === 'same-origin' ? self : undefined);
}

/** Counts the request in the rate limit of its address. @throws {Problem} rate-limited */
export async function limitNetwork(c: AppContext, { perAddress }: Pick<Access, 'perAddress'>): Promise<void> {
  const network = clientNetwork(c.req.header('CF-Connecting-IP') ?? null);
  if (network !== undefined) await perAddress?.take(network);
}

/** A response to a request with a key must not be served to others from a shared cache (RFC 9111, section 3.5). */
function preventSharedCaching(c: AppContext): void {
  const { headers } = c.res;
  const cacheControl = headers.get('Cache-Control');
  if (!cacheControl?.includes('public')) return;
  headers.set('Cache-Control', cacheControl.replace('public', 'private'));
  headers.append('Vary', 'Authorization');
}

async function findKey(access: Access, identity: KeyIdentity, c: AppContext): Promise<KeyRecord> {
  const key = await lookUpKey(access, identity, c.executionCtx);
  if (!key) {
    throw new Problem(
      'key-unknown',
      access.keys
        ? 'This endpoint does not know the key. Was it created for another project?'
        : 'This endpoint does not use keys. Send the request without one.',
    );
  }
  c.get('notes').key = key.id;
  if (key.revoked) throw new Problem('key-revoked', `The key was revoked at ${key.revoked}. Ask for a new one.`);
  return key;
}

async function countInQuota(c: AppContext, key: KeyRecord): Promise<Admission> {
  const { quota } = c.get('isolate').access;
  const { id, quotaPerDay } = key;
  if (!quota || quotaPerDay === undefined) return UNMETERED;
  let state = await quota.take(id, quotaPerDay, 1, c.executionCtx);
  if (!state.granted) {
    setQuotaHeaders(state, (name, value) => c.header(name, value));
    throw exhausted(state, `The key's quota of ${quotaPerDay} requests per day is used up.`);
  }
  let counted = 1;
  return {
    async countFurther(images) {
      state = await quota.take(id, quotaPerDay, images, c.executionCtx);
      if (state.granted) {
        counted += images;
        return;
      }
      quota.takeBack(id, counted, c.executionCtx);
      state = { ...state, remaining: state.remaining + counted };
      counted = 0;
      throw exhausted(
        state,
        `The request has ${images + 1} images, and ${state.remaining} are left of the key's quota of ${quotaPerDay} per day.`,
      );
    },
    onResponse() {
      const { headers } = c.res;
      setQuotaHeaders(state, (name, value) => headers.set(name, value));
      // The caller is not charged for our failures. A caller can cause a timeout, so that is charged.
      const isOurs = c.res.status >= 500 && c.get('notes').code !== 'out-of-time';
      if (isOurs && counted > 0) quota.takeBack(id, counted, c.executionCtx);
    },
  };
}

function exhausted({ quota, remaining, reset }: QuotaState, detail: string): Problem {
  return new Problem('quota-exhausted', `${detail} It resets at midnight UTC.`, {
    extensions: { limit: quota, remaining },
    retryAfter: reset,
  });
}

/** draft-ietf-httpapi-ratelimit-headers-10, and the three older headers that most clients read. */
function setQuotaHeaders({ quota, remaining, reset }: QuotaState, set: (name: string, value: string) => void): void {
  set('RateLimit-Policy', `"day";q=${quota};w=86400`);
  set('RateLimit', `"day";r=${remaining};t=${reset}`);
  set('X-RateLimit-Limit', String(quota));
  set('X-RateLimit-Remaining', String(remaining));
  set('X-RateLimit-Reset', String(reset));
}

function keyRequired(credentials: Exclude<Credentials, { sent: 'key' }>): Problem {
  const remedy = 'Send a key in the header: Authorization: Bearer KEY.';
  return credentials.sent === 'nothing'
    ? new Problem('key-missing', remedy)
    : new Problem('key-malformed', `${credentials.message} ${remedy}`);
}

function originRefused(page: string | undefined): Problem {
  if (page === undefined) {
    return new Problem(
      'origin-refused',
      'Publishable keys are for web pages, and this request has no Origin header. Use a secret key on servers.',
    );
  }
  if (page === 'null') {
    return new Problem(
      'origin-refused',
      'The page has no origin: it is a file or a sandboxed frame. Open it from the web server that the key is for.',
    );
  }
  const name = page.length <= 200 ? page : 'this origin';
  return new Problem(
    'origin-refused',
    `The key is not valid for pages of ${name}. Its owner can create a key for them with --origin.`,
  );
}
