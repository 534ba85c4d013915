/** Whether a request is served: key, page, right, rate, quota, in this order. */
import type { KeyRecord } from '@glimpse/shared/access/key-record';
import { Problem } from '@glimpse/shared/api/problems';
import { type AppContext, queryOf } from '../context.ts';
import { isMetered, type Route } from '../routes/route.ts';
import type { Access } from './access.ts';
import { clientNetwork } from './client-network.ts';
import { readCredentials } from './credentials.ts';
import type { QuotaState } from './daily-quota.ts';
import { lookUpKey } from './look-up-key.ts';

export interface Admission {
  /** Of a request with several images, those beside the first. They are served whole, also where fewer are left. */
  countFurther(images: number): void;
  /** To be called when the answer is there. */
  onResponse(): void;
}

const UNMETERED: Admission = { countFurther() {}, onResponse() {} };

/** @throws {Problem} saying why it is not served */
export async function admit(c: AppContext, route: Route): Promise<Admission> {
  const { scope } = route;
  if (scope === 'none') return UNMETERED;
  const { access } = c.get('isolate');
  const { url } = c.req;
  const credentials = readCredentials(c.req.raw.headers, queryOf(url));
  const sender = clientNetwork(c.req.header('CF-Connecting-IP') ?? null);
  const limitSender = async () => {
    if (sender !== undefined) await access.perAddress?.take(sender);
  };

  if (credentials.sent !== 'key') {
    if (access.requireKeys) throw keyless(credentials);
    await limitSender();
    c.set('corsOrigin', '*');
    return UNMETERED;
  }

  const identity = await access.identities.of(credentials.text);
  // Of an address, guesses are bounded too: each of them is looked up.
  const limited = credentials.kind === 'publishable' || !access.keys?.isKnown(identity);
  if (limited) await limitSender();
  const key = await findKey(access, identity, c);
  if (key.kind === 'publishable') {
    const page = c.req.header('Origin');
    // The Worker's own pages may use any key: the widget's frame, which browsers show on the key's pages alone.
    if (page === undefined || !(page === new URL(url).origin || key.origins.includes(page))) throw foreignPage(page);
    c.set('corsOrigin', page);
  }
  if (scope !== 'any' && !key.scopes.includes(scope)) {
    throw new Problem('scope-missing', `The key may ${key.scopes.join(', ')}; this takes ${scope}.`);
  }
  await access.perKey?.take(key.id);
  const admission = isMetered(route) ? await countInQuota(c, key) : UNMETERED;
  if (key.kind === 'secret') c.set('corsOrigin', access.requireKeys ? null : '*');
  return {
    countFurther: admission.countFurther,
    onResponse() {
      keepFromSharedCaches(c);
      admission.onResponse();
    },
  };
}

/** What one may read with a key must not come to others out of a cache on the way (RFC 9111, 3.5). */
function keepFromSharedCaches(c: AppContext): void {
  const { headers } = c.res;
  const kept = headers.get('Cache-Control');
  if (!kept?.includes('public')) return;
  headers.set('Cache-Control', kept.replace('public', 'private'));
  headers.append('Vary', 'Authorization');
}

async function findKey(access: Access, identity: { id: string; sha256: string }, c: AppContext): Promise<KeyRecord> {
  const key = await lookUpKey(access, identity, c.executionCtx);
  if (!key) {
    throw new Problem(
      'key-unknown',
      access.keys
        ? 'There is no such key here: was it made for another project?'
        : 'This endpoint has no keys: send none.',
    );
  }
  c.get('notes').key = key.id;
  if (key.revoked) throw new Problem('key-revoked', `The key was revoked at ${key.revoked}: ask for another.`);
  return key;
}

/** What was not served through no fault of the caller is given back. */
async function countInQuota(c: AppContext, key: KeyRecord): Promise<Admission> {
  const { quota } = c.get('isolate').access;
  const { id, quotaPerDay } = key;
  if (!quota || quotaPerDay === undefined) return UNMETERED;
  const state = await quota.take(id, quotaPerDay, 1, c.executionCtx);
  if (!state.granted) {
    showQuota(state, (name, value) => c.header(name, value));
    throw new Problem(
      'quota-exhausted',
      `The key has ${quotaPerDay} requests a day, until midnight UTC; all are used.`,
      {
        extensions: { limit: quotaPerDay },
        retryAfter: state.reset,
      },
    );
  }
  let counted = 1;
  return {
    countFurther(images) {
      counted += images;
      quota.add(id, images, c.executionCtx);
    },
    onResponse() {
      const { headers } = c.res;
      const remaining = Math.max(0, state.remaining + 1 - counted);
      showQuota({ ...state, remaining }, (name, value) => headers.set(name, value));
      if (c.res.status >= 500) quota.add(id, -counted, c.executionCtx);
    },
  };
}

/** draft-ietf-httpapi-ratelimit-headers-10, and the three that clients read widely (their reset in seconds from now). */
function showQuota({ quota, remaining, reset }: QuotaState, set: (name: string, value: string) => void): void {
  set('RateLimit-Policy', `"day";q=${quota};w=86400`);
  set('RateLimit', `"day";r=${remaining};t=${reset}`);
  set('X-RateLimit-Limit', String(quota));
  set('X-RateLimit-Remaining', String(remaining));
  set('X-RateLimit-Reset', String(reset));
}

function keyless(credentials: { sent: 'nothing' } | { sent: 'foreign'; message: string }): Problem {
  const how = 'Send a key in the header: Authorization: Bearer KEY.';
  return credentials.sent === 'nothing'
    ? new Problem('key-missing', how)
    : new Problem('key-malformed', `${credentials.message} ${how}`);
}

function foreignPage(page: string | undefined): Problem {
  const known = page !== undefined && page.length <= 200;
  return new Problem(
    'origin-refused',
    page === undefined
      ? 'A publishable key is for web pages, and this request has no header Origin: use a secret key on servers.'
      : page === 'null'
        ? 'The page has no origin (a file, or a frame with sandbox): open it from the web server that the key is for.'
        : `The key is not for pages of ${known ? page : 'this origin'}: its owner makes one with --origin for them.`,
  );
}
