/**
 * An API key as text: `gls_` (secret) or `glp_` (publishable), 30 random letters and digits (178 bits), and 6 of a checksum,
 * so that a key that was cut or mistyped is told without asking for it anywhere. No character of it needs escaping, and a
 * double click selects it whole.
 */

export type KeyKind = 'secret' | 'publishable';

export const KEY_PREFIXES: Readonly<Record<KeyKind, string>> = { secret: 'gls_', publishable: 'glp_' };

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const RANDOM_LENGTH = 30;
const CHECKSUM_LENGTH = 6;
/** Of the whole text. */
export const KEY_LENGTH = 4 + RANDOM_LENGTH + CHECKSUM_LENGTH;

/** @returns a key that nobody has: only its hash is ever stored */
export function createKeyText(kind: KeyKind): string {
  const body = KEY_PREFIXES[kind] + randomLetters(RANDOM_LENGTH);
  return body + checksum(body);
}

/** What is wrong with a text as a key, for whoever sent it. It never repeats the text. */
export interface KeyFault {
  /** Whether it does not even begin like a key of this project. */
  readonly foreign: boolean;
  readonly message: string;
}

export function readKeyText(text: string): { readonly kind: KeyKind } | KeyFault {
  const kind = kindOf(text.trimStart());
  if (!kind) return { foreign: true, message: 'It is no key of this service: they begin with gls_ or glp_.' };
  const fault = faultOf(text);
  return fault === undefined ? { kind } : { foreign: false, message: fault };
}

function kindOf(text: string): KeyKind | undefined {
  return (['secret', 'publishable'] as const).find((kind) => text.startsWith(KEY_PREFIXES[kind]));
}

function faultOf(text: string): string | undefined {
  if (/\s|\\[nrt]|%0[ad]|%20/i.test(text)) return 'There is a space or a line end in the key: send it without.';
  if (text.length !== KEY_LENGTH) {
    return `A key has ${KEY_LENGTH} characters, this one ${text.length}: copy it as a whole, and nothing else.`;
  }
  if (!/^gl[sp]_[0-9A-Za-z]+$/.test(text)) return 'There are characters in the key that none has: copy it again.';
  const body = text.slice(0, -CHECKSUM_LENGTH);
  if (checksum(body) !== text.slice(-CHECKSUM_LENGTH)) {
    return "The key's checksum does not fit: a character of it is wrong. Copy it again.";
  }
  return undefined;
}

function randomLetters(count: number): string {
  let letters = '';
  while (letters.length < count) {
    for (const byte of crypto.getRandomValues(new Uint8Array(count))) {
      // Above the last multiple of 62, some letters would come more often than others.
      if (byte < 248 && letters.length < count) letters += ALPHABET[byte % 62];
    }
  }
  return letters;
}

/** FNV-1a, 32 bits (draft-eastlake-fnv), in base 62. Against typing errors; it guards nothing. */
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
