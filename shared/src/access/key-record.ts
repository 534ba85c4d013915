/** The stored record of an API key, one object per key in the private bucket. It has the key's hash, never the key. */
import * as z from 'zod/mini';
import { sha256 } from '../release/sha256.ts';

/**
 * `classify`: classify images. `feedback`: send feedback on answers. `read`: download files of releases. Every key may list
 * the models.
 */
export const scopes = ['classify', 'feedback', 'read'] as const;
export type Scope = (typeof scopes)[number];

/** The default scopes of a publishable key, which web pages show to everyone. */
export const publishableScopes: readonly Scope[] = ['classify', 'feedback'];

/** Exactly as browsers send it in the header Origin: `https://example.org`, with the port if it is not 443. */
export const originSchema = z.string().check(
  z.refine((text) => isWebOrigin(text), {
    message:
      'must be https://host or https://host:port, without a path or trailing slash; http is only allowed for localhost',
  }),
);

/** Requests per day (UTC). */
export const quotaSchema = z.int().check(z.gte(1), z.lte(1e9));

export const keyRecordSchema = z
  .object({
    /** The first 16 hex digits of the hash. Identifies the key without revealing it. */
    id: z.string().check(z.regex(/^[0-9a-f]{16}$/)),
    /** SHA-256 of the key's text, lower-case hex. */
    sha256: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
    kind: z.enum(['secret', 'publishable']),
    /** A human-readable name. */
    name: z.string().check(z.regex(/^[^\p{C}]{1,100}$/u, 'must be 1 to 100 characters without line breaks')),
    scopes: z.array(z.enum(scopes)).check(z.minLength(1)),
    /** The web origins that may use a publishable key; empty for a secret one. */
    origins: z.array(originSchema).check(z.maxLength(100)),
    quotaPerDay: z.optional(quotaSchema),
    created: z.iso.datetime(),
    revoked: z.optional(z.iso.datetime()),
  })
  .check(
    z.refine(({ kind, origins }) => (kind === 'publishable') === origins.length > 0, {
      message: 'a publishable key must have origins, a secret key must not',
    }),
    z.refine(({ id, sha256 }) => sha256.startsWith(id), { message: 'the id must be the beginning of the hash' }),
  );

export type KeyRecord = z.infer<typeof keyRecordSchema>;

/** Of one record. */
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

/** @returns undefined if the text is not a valid record */
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
  // The URL parser accepts a star in a host name, but browsers never send one.
  return origin === text && !hostname.includes('*') && (protocol === 'https:' || (protocol === 'http:' && local));
}
