/**
 * Parses the JSON of a body in bounded memory. Long strings, which are images in base64, stay bytes of the body and are
 * decoded in place: as text, one character outside Latin-1 would double all of it. Parsed values need far more memory than
 * their text (`[1,1,1,…`), so they are counted before parsing, against a maximum and against the byte budget.
 */
import { Problem } from '@glimpse/shared/api/problems';
import type * as z from 'zod/mini';
import { decodeBase64, decodeBase64InPlace } from './base64.ts';
import type { HeldBody } from './read-body.ts';
import { unknownName } from './unknown-name.ts';

/** Enough for a few members, including commas in strings. */
const MAX_VALUES = 2_000;
/** A longer string is not made text. */
const MAX_STRING_BYTES = 16 * 1024;
/** A longer run of white space is removed before parsing. */
const MAX_SPACES = 1024;
/** Memory of a parsed value: a boxed number, its place in the array, and that in the flat copy of the array. */
const BYTES_PER_VALUE = 32;

const QUOTE = '"'.charCodeAt(0);
const BACKSLASH = '\\'.charCodeAt(0);
const COLON = ':'.charCodeAt(0);

export interface JsonOptions {
  /** Objects, arrays and everything in them; commas and brackets in strings count too. */
  readonly maxValues?: number;
  /** For the message: what to send instead. */
  readonly expected: string;
  /** The members that may be images in base64. No other string may be long. */
  readonly images?: readonly string[];
  /** All members of the outermost object; others are refused. Undefined if the schema decides. */
  readonly members?: readonly string[];
  /** Counts further memory against the byte budget. */
  readonly hold: HeldBody['hold'];
}

export interface ParsedJson<T> {
  readonly value: T;
  /**
   * The bytes of an image. To be called once: it overwrites the base64 in the body.
   *
   * @param text the member's value, as in `value`
   * @returns undefined if it is not base64
   */
  readonly decode: (text: string) => Uint8Array<ArrayBuffer> | undefined;
}

/** @throws {Problem} body-malformed, parameter-invalid, and what `hold` throws */
export function parseJson<Schema extends z.ZodMiniType>(
  bytes: Uint8Array<ArrayBuffer>,
  schema: Schema,
  { maxValues = MAX_VALUES, expected, images = [], members, hold }: JsonOptions,
): ParsedJson<z.output<Schema>> {
  const values = countValues(bytes, maxValues);
  if (values > maxValues) {
    throw new Problem('body-malformed', `The JSON has more than ${maxValues} values; ${expected}`);
  }
  const { text, taken, marker } = takeLongStrings(bytes, { images, expected, hold });
  if (bytes.length > MAX_STRING_BYTES) {
    // Outside Latin-1, a character has two bytes in memory.
    hold(text.length * (isAscii(text) ? 1 : 2) + values * BYTES_PER_VALUE);
  }
  const parsed = parse(text, expected);
  if (members && typeof parsed === 'object') refuseUnknown(parsed ?? {}, members);
  const value = checked(parsed, schema, expected);
  return {
    value,
    decode(sent) {
      const index = marker !== '' && sent.startsWith(marker) ? Number(sent.slice(marker.length)) : -1;
      return index < 0 ? decodeBase64(sent) : decodeBase64InPlace(taken[index]!, { json: true });
    },
  };
}

function parse(text: Uint8Array, expected: string): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(text));
  } catch (cause) {
    throw new Problem('body-malformed', `The body is not JSON; ${expected}`, { cause });
  }
}

function refuseUnknown(value: object, members: readonly string[]): void {
  if (Array.isArray(value)) return;
  const unknown = Object.keys(value).find((name) => !members.includes(name));
  if (unknown !== undefined) throw unknownName('JSON member', unknown, members);
}

function checked<Schema extends z.ZodMiniType>(value: unknown, schema: Schema, expected: string): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const where = issue?.path.length ? `${issue.path.join('.')}: ` : '';
  throw new Problem('body-malformed', `The JSON is invalid (${where}${issue?.message}); ${expected}`);
}

/** Each value except the first follows a comma, a bracket or a brace. That also limits the depth. */
function countValues(bytes: Uint8Array, max: number): number {
  let values = 1;
  for (const separator of ',[{') {
    const code = separator.charCodeAt(0);
    for (let at = bytes.indexOf(code); at >= 0; at = bytes.indexOf(code, at + 1)) if (++values > max) return values;
  }
  return values;
}

interface TakenStrings {
  /** The JSON, with a short string in place of each long one: the marker and an index. */
  readonly text: Uint8Array;
  /** The long strings as sent, with their escapes. */
  readonly taken: readonly Uint8Array<ArrayBuffer>[];
  /** Cannot be guessed, so no sent string begins with it. Empty if there are no long strings. */
  readonly marker: string;
}

function takeLongStrings(
  json: Uint8Array<ArrayBuffer>,
  { images, expected, hold }: Required<Omit<JsonOptions, 'maxValues' | 'members'>>,
): TakenStrings {
  if (json.length <= MAX_STRING_BYTES) return { text: json, taken: [], marker: '' };
  const marker = `${crypto.randomUUID()}:`;
  const taken: Uint8Array<ArrayBuffer>[] = [];
  const parts: Uint8Array[] = [];
  let kept = 0;
  const omit = (from: number, to: number) => {
    parts.push(json.subarray(kept, from));
    kept = to;
  };
  // Positions, since a body can have millions of strings.
  let [previousStart, previousEnd] = [0, 0];
  let [memberStart, memberEnd] = [0, 0];
  for (let at = 0; at < json.length; ) {
    const quote = json.indexOf(QUOTE, at);
    const start = quote < 0 ? json.length : quote;
    if (start - at > MAX_SPACES) omitSpaces(json, at, start, omit);
    if (quote < 0) break;
    // A string after a colon or in an array belongs to the last member before it.
    if (hasColon(json, at, start)) [memberStart, memberEnd] = [previousStart, previousEnd];
    const end = endOfString(json, start + 1);
    [previousStart, previousEnd] = [start + 1, end];
    if (end - start > MAX_STRING_BYTES) {
      const member = new TextDecoder().decode(json.subarray(memberStart, Math.min(memberEnd, memberStart + 40)));
      if (!images.includes(member)) {
        const place = member === '' ? 'outside of a member' : `in the member ${JSON.stringify(member)}`;
        throw new Problem('body-malformed', `The JSON has a string of ${end - start} bytes ${place}; ${expected}`);
      }
      omit(start + 1, end);
      parts.push(new TextEncoder().encode(`${marker}${taken.length}`));
      taken.push(json.subarray(start + 1, end));
    }
    at = end + 1;
  }
  omit(json.length, json.length);
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  hold(length);
  const text = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    text.set(part, at);
    at += part.length;
  }
  return { text, taken, marker };
}

function hasColon(json: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (json[at] === COLON) return true;
  return false;
}

function isAscii(text: Uint8Array): boolean {
  for (let at = 0; at < text.length; at++) if (text[at]! > 0x7f) return false;
  return true;
}

/** @returns the position of the closing quote, or the end of the text */
function endOfString(json: Uint8Array, start: number): number {
  let at = start;
  while (at < json.length && json[at] !== QUOTE) at += json[at] === BACKSLASH ? 2 : 1;
  return Math.min(at, json.length);
}

function omitSpaces(json: Uint8Array, from: number, to: number, omit: (from: number, to: number) => void): void {
  let begin = from;
  for (let at = from; at <= to; at++) {
    const byte = json[at]!;
    if (at < to && (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09)) continue;
    // One remains, since it may separate two numbers.
    if (at - begin > MAX_SPACES) omit(begin + 1, at);
    begin = at + 1;
  }
}
