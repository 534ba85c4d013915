/** Who asks, as far as a canary has to know: something that stays the same for a caller. It is hashed, and never kept. */

/** Of a key or an id, so much counts. */
const MAX_LENGTH = 200;

/**
 * The API key; else the id that the client gives itself (`X-Client-Id`); else its address, for a day. Where there is not
 * even an address, as in local development, all callers are one.
 */
export function callerOf(headers: Headers, now: Date): string {
  const key = /^Bearer +(\S+)/i.exec(headers.get('Authorization') ?? '')?.[1];
  if (key) return `key ${key.slice(0, MAX_LENGTH)}`;
  const client = headers.get('X-Client-Id')?.trim();
  if (client) return `client ${client.slice(0, MAX_LENGTH)}`;
  return `address ${headers.get('CF-Connecting-IP') ?? 'unknown'} ${now.toISOString().slice(0, 10)}`;
}
