/** What is stored of an API key, one object each, in the private bucket: its hash and what it may do, never the key. */
import * as z from 'zod/mini';
import { sha256 } from '../release/sha256.ts';

/** `classify`: images in, classes out. `feedback`: on answers. `read`: the files of releases. What models are, each key may ask. */
export const scopes = ['classify', 'feedback', 'read'] as const;
export type Scope = (typeof scopes)[number];

/** What a publishable key has unless it is said: it stands in web pages, for everybody to read. */
export const publishableScopes: readonly Scope[] = ['classify', 'feedback'];

/** Exactly as browsers send it in the header Origin: `https://example.org`, with the port where it is not 443. */
export const originSchema = z.string().check(
  z.refine((text) => isWebOrigin(text), {
    message: 'an origin is https://host or https://host:port, without path or slash; http on localhost only',
  }),
);

/** Requests a day (UTC). */
export const quotaSchema = z.int().check(z.gte(1), z.lte(1e9));

export const keyRecordSchema = z
  .object({
    /** The first 16 hex digits of the hash: what a key is called where it must not be shown. */
    id: z.string().check(z.regex(/^[0-9a-f]{16}$/)),
    /** SHA-256 of the key's text, lower-case hex. */
    sha256: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
    kind: z.enum(['secret', 'publishable']),
    /** Whose it is, for people. */
    name: z.string().check(z.regex(/^[^\p{C}]{1,100}$/u, 'a name has 1 to 100 characters, and no line end')),
    scopes: z.array(z.enum(scopes)).check(z.minLength(1)),
    /** The pages that may use a publishable key; none for a secret one. */
    origins: z.array(originSchema).check(z.maxLength(100)),
    quotaPerDay: z.optional(quotaSchema),
    created: z.iso.datetime(),
    revoked: z.optional(z.iso.datetime()),
  })
  .check(
    z.refine(({ kind, origins }) => (kind === 'publishable') === origins.length > 0, {
      message: 'a publishable key has origins, a secret one has none',
    }),
    z.refine(({ id, sha256 }) => sha256.startsWith(id), { message: 'the id is the beginning of the hash' }),
  );

export type KeyRecord = z.infer<typeof keyRecordSchema>;

/** Of one record, in bytes. */
export const MAX_RECORD_BYTES = 64 * 1024;

export const KEY_FOLDER = 'keys/';

export function keyObject(id: string): string {
  return `${KEY_FOLDER}${id}.json`;
}

export type KeyIdentity = Pick<KeyRecord, 'id' | 'sha256'>;

export async function identifyKey(text: string): Promise<KeyIdentity> {
  const hash = await sha256(text);
  return { id: hash.slice(0, 16), sha256: hash };
}

/** @returns undefined where it is none */
export function readKeyRecord(json: string): KeyRecord | undefined {
  try {
    const result = keyRecordSchema.safeParse(JSON.parse(json));
    return result.success ? result.data : undefined;
  } catch {
    return undefined;
  }
}

function isWebOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, origin } = new URL(text);
  const local = hostname === 'localhost' || hostname === '127.0.0.1' || hostname === '[::1]';
  // Browsers' hosts have no star; the URL parser lets one pass.
  return origin === text && !hostname.includes('*') && (protocol === 'https:' || (protocol === 'http:' && local));
}
