/**
 * The text of an API key: `gls_` (secret) or `glp_` (publishable), 30 random letters and digits (178 bits), and a checksum of
 * 6, so that a truncated or mistyped key is detected without a lookup. No character needs escaping, and a double click
 * selects the whole key.
 */

export type KeyKind = 'secret' | 'publishable';

export const KEY_PREFIXES: Readonly<Record<KeyKind, string>> = { secret: 'gls_', publishable: 'glp_' };

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const RANDOM_LENGTH = 30;
const CHECKSUM_LENGTH = 6;
/** Length of the whole text. */
export const KEY_LENGTH = 4 + RANDOM_LENGTH + CHECKSUM_LENGTH;

/** @returns a new key. Only its hash is ever stored. */
export function createKeyText(kind: KeyKind): string {
  const body = KEY_PREFIXES[kind] + randomLetters(RANDOM_LENGTH);
  return body + checksum(body);
}

/** Why a text is not a valid key. */
export interface KeyFault {
  /** Whether it does not have the prefix of a key of this project. */
  readonly foreign: boolean;
  /** For the sender; never quotes the text. */
  readonly message: string;
}

export function readKeyText(text: string): { readonly kind: KeyKind } | KeyFault {
  const kind = kindOf(text.trimStart());
  if (!kind) return { foreign: true, message: 'This is not a key of this service. Its keys begin with gls_ or glp_.' };
  const fault = faultOf(text);
  return fault === undefined ? { kind } : { foreign: false, message: fault };
}

function kindOf(text: string): KeyKind | undefined {
  return (['secret', 'publishable'] as const).find((kind) => text.startsWith(KEY_PREFIXES[kind]));
}

function faultOf(text: string): string | undefined {
  if (/\s|\\[nrt]|%0[ad]|%20/i.test(text)) return 'The key contains white space. Send it without.';
  if (text.length !== KEY_LENGTH) {
    return `A key has ${KEY_LENGTH} characters, but this one has ${text.length}. Copy the whole key, and nothing else.`;
  }
  if (!/^gl[sp]_[0-9A-Za-z]+$/.test(text)) return 'The key contains characters that keys never have. Copy it again.';
  const body = text.slice(0, -CHECKSUM_LENGTH);
  if (checksum(body) !== text.slice(-CHECKSUM_LENGTH)) {
    return "The key's checksum is wrong, so one of its characters is. Copy it again.";
  }
  return undefined;
}

function randomLetters(count: number): string {
  let letters = '';
  while (letters.length < count) {
    for (const byte of crypto.getRandomValues(new Uint8Array(count))) {
      // Bytes from the last multiple of 62 are skipped, or some letters would be more frequent than others.
      if (byte < 248 && letters.length < count) letters += ALPHABET[byte % 62];
    }
  }
  return letters;
}

/** FNV-1a, 32 bits (draft-eastlake-fnv), in base 62. Detects typing errors; it is no protection against guessing. */
function checksum(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
  let digits = '';
  for (let i = 0; i < CHECKSUM_LENGTH; i++) {
    digits = ALPHABET[hash % 62] + digits;
    hash = Math.floor(hash / 62);
  }
  return digits;
}
