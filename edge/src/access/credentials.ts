/** What a request brings as its key. Nothing here is looked up, and no message repeats what was sent. */
import { KEY_PREFIXES, type KeyKind, readKeyText } from '@glimpse/shared/access/key-text';
import { Problem } from '@glimpse/shared/api/problems';

export type Credentials =
  /** Nothing, or a token of another scheme. */
  | { readonly sent: 'nothing' }
  /** A token that is none of ours: clients send what they have for other services as well. */
  | { readonly sent: 'foreign'; readonly message: string }
  | { readonly sent: 'key'; readonly kind: KeyKind; readonly text: string };

const NOTHING: Credentials = { sent: 'nothing' };

/** @throws {Problem} `key-in-url`; `key-malformed` for what begins like a key and cannot be one */
export function readCredentials(headers: Headers, query: URLSearchParams): Credentials {
  if (query.size > 0) refuseKeysInUrl(query);
  const header = headers.get('Authorization');
  if (header === null) return NOTHING;
  const token = /^Bearer(?: +(.*))?$/i.exec(header)?.[1]?.trim();
  if (token === undefined || token === '') {
    if (!looksLikeKey(header)) return NOTHING;
    throw malformed('The header is not "Authorization: Bearer KEY": write Bearer and a space before the key.');
  }
  const read = readKeyText(token);
  if ('kind' in read) return { sent: 'key', kind: read.kind, text: token };
  if (read.foreign) return { sent: 'foreign', message: read.message };
  throw malformed(read.message);
}

/** Addresses are kept in histories and logs on their way: what was in one is known to others. */
function refuseKeysInUrl(query: URLSearchParams): void {
  for (const value of query.values()) {
    if (!looksLikeKey(value)) continue;
    throw new Problem(
      'key-in-url',
      value.includes(KEY_PREFIXES.secret)
        ? 'There is a secret key in the address, where logs and histories keep it. Revoke it (glimpse keys revoke), and ' +
            'send the next one in the header: Authorization: Bearer KEY.'
        : 'A key is not taken from the address: send it in the header, Authorization: Bearer KEY.',
    );
  }
}

/** Wherever in the text: of a client that puts words around it, too. */
function looksLikeKey(text: string): boolean {
  return /gl[sp]_[0-9A-Za-z]{20}/.test(text);
}

function malformed(message: string): Problem {
  return new Problem('key-malformed', message);
}
