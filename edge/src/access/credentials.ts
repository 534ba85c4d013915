/** Reads the key that a request sends, and says how to send one. Nothing is looked up, and no message repeats what was sent. */
import { KEY_PREFIXES, type KeyKind, readKeyText } from '@glimpse/shared/access/key-text';
import { Problem, type ProblemCode } from '@glimpse/shared/api/problems';

export type Credentials =
  /** No token, or one of another scheme. */
  | { readonly sent: 'nothing' }
  /** A token that is not a Glimpse key. Some clients send their tokens for other services everywhere. */
  | { readonly sent: 'foreign'; readonly message: string }
  | { readonly sent: 'key'; readonly kind: KeyKind; readonly text: string };

const NOTHING: Credentials = { sent: 'nothing' };

/** @throws {Problem} `key-in-url`; `key-malformed` for a token that starts like a key and is not valid */
export function readCredentials(headers: Headers, query: URLSearchParams): Credentials {
  if (query.size > 0) rejectKeysInUrl(query);
  const header = headers.get('Authorization');
  if (header === null) return NOTHING;
  const token = /^Bearer(?: +(.*))?$/i.exec(header)?.[1]?.trim();
  if (token === undefined || token === '') {
    if (!containsKey(header)) return NOTHING;
    throw malformed('The header must be "Authorization: Bearer KEY", with "Bearer" and a space before the key.');
  }
  const read = readKeyText(token);
  if ('kind' in read) return { sent: 'key', kind: read.kind, text: token };
  if (read.foreign) return { sent: 'foreign', message: read.message };
  throw malformed(read.message);
}

/** Browser histories and logs keep URLs, so a key in a URL is no longer secret. */
function rejectKeysInUrl(query: URLSearchParams): void {
  for (const value of query.values()) {
    if (!containsKey(value)) continue;
    throw new Problem(
      'key-in-url',
      value.includes(KEY_PREFIXES.secret)
        ? 'The URL contains a secret key, and logs and histories keep URLs. Revoke the key (glimpse keys revoke), and ' +
            'send the next one in the header: Authorization: Bearer KEY.'
        : 'Keys are not accepted in the URL. Send the key in the header: Authorization: Bearer KEY.',
    );
  }
}

/** Anywhere in the text, because some clients add words around the key. */
function containsKey(text: string): boolean {
  return /gl[sp]_[0-9A-Za-z]{20}/.test(text);
}

function malformed(message: string): Problem {
  return new Problem('key-malformed', message);
}

const REALM = 'Bearer realm="glimpse"';

const challenges: Partial<Record<ProblemCode, string>> = {
  'key-missing': REALM,
  'key-malformed': `${REALM}, error="invalid_token"`,
  'key-unknown': `${REALM}, error="invalid_token"`,
  'key-revoked': `${REALM}, error="invalid_token"`,
  'scope-missing': `${REALM}, error="insufficient_scope"`,
};

/** The header WWW-Authenticate (RFC 6750, section 3), for problems that another key would solve. */
export function challengeOf(code: ProblemCode): Record<string, string> {
  const challenge = challenges[code];
  return challenge === undefined ? {} : { 'WWW-Authenticate': challenge };
}
