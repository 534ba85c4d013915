/**
 * A multipart body (RFC 7578) → its parts. The parts stay in the body: the platform's parser copies them, makes text of
 * every field, and rejects parameters that are unquoted or differently cased, as .NET's HttpClient sends them.
 */
import { Problem } from '@glimpse/shared/api/problems';

export interface Part {
  readonly name: string;
  readonly isFile: boolean;
  /** In the body. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** More than any batch has images. */
const MAX_PARTS = 1_000;
const MAX_HEADER_BYTES = 8 * 1024;
/** RFC 2046, section 5.1.1. */
const MAX_BOUNDARY_LENGTH = 70;

const CR = 13;
const LF = 10;
const DASH = '-'.charCodeAt(0);

/** @throws {Problem} body-malformed */
export function parseForm(body: Uint8Array<ArrayBuffer>, contentType: string): Part[] {
  const delimiter = new TextEncoder().encode(`\r\n--${boundaryOf(contentType)}`);
  const table = skipTable(delimiter);
  const parts: Part[] = [];
  // The first delimiter may begin the body, without a line break before it.
  let at = startsWith(body, delimiter.subarray(2), 0) ? delimiter.length - 2 : after(body, delimiter, table, 0);
  if (at < 0) throw malformed('The boundary in Content-Type does not occur in the body. Let your HTTP library set it.');
  while (!(body[at] === DASH && body[at + 1] === DASH)) {
    if (parts.length >= MAX_PARTS) throw malformed(`The form has more than ${MAX_PARTS} parts.`);
    const start = skipLine(body, at, parts.length);
    const end = find(body, delimiter, table, start - 2);
    if (end < 0) throw malformed(`The form ends within part ${parts.length + 1}. Is it truncated?`);
    parts.push(readPart(body.subarray(start, Math.max(start, end)), end < start, parts.length));
    at = end + delimiter.length;
  }
  return parts;
}

function boundaryOf(contentType: string): string {
  const type = parseParameters(contentType);
  const boundary = type.parameters.get('boundary') ?? '';
  if (type.value !== 'multipart/form-data' || boundary === '') {
    throw malformed(
      'A multipart body requires "Content-Type: multipart/form-data; boundary=…". Let your HTTP library set the header.',
    );
  }
  if (boundary.length <= MAX_BOUNDARY_LENGTH) return boundary;
  throw malformed(`The boundary has ${boundary.length} characters. The limit is ${MAX_BOUNDARY_LENGTH}.`);
}

/** A delimiter's line may end in white space, then CRLF. */
function skipLine(body: Uint8Array, from: number, index: number): number {
  let at = from;
  while (body[at] === 0x20 || body[at] === 0x09) at++;
  if (body[at] === CR && body[at + 1] === LF) return at + 2;
  if (body[at] === LF) throw malformed('The lines of the form end with LF. RFC 7578 requires CRLF.');
  if (at >= body.length) throw malformed(`The form ends before part ${index + 1}. Is it truncated?`);
  throw malformed(`The boundary before part ${index + 1} is not followed by CRLF.`);
}

/** @param bare whether the part has neither headers nor content */
function readPart(part: Uint8Array<ArrayBuffer>, bare: boolean, index: number): Part {
  const number = `Part ${index + 1} of the form`;
  const limit = Math.min(part.length, MAX_HEADER_BYTES);
  let end = bare || (part[0] === CR && part[1] === LF) ? 0 : -1;
  for (let at = 0; end < 0 && at + 3 < limit; at++) {
    if (part[at] === CR && part[at + 1] === LF && part[at + 2] === CR && part[at + 3] === LF) end = at + 2;
  }
  if (end < 0) throw malformed(`${number} has no empty line after its headers (CRLF CRLF).`);
  const headers = new Map<string, string>();
  // A line that begins with white space continues the one before it.
  const lines = new TextDecoder().decode(part.subarray(0, end)).replace(/\r\n[ \t]+/g, ' ');
  for (const line of lines.split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) headers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
  const disposition = parseParameters(headers.get('content-disposition') ?? '');
  const { parameters } = disposition;
  const name = parameters.get('name');
  if (disposition.value !== 'form-data' || name === undefined) {
    throw malformed(`${number} has no header "Content-Disposition: form-data; name=…".`);
  }
  const encoding = headers.get('content-transfer-encoding')?.toLowerCase() ?? 'binary';
  if (!['binary', '8bit', '7bit'].includes(encoding)) {
    throw malformed(`${number} has Content-Transfer-Encoding: ${encoding.slice(0, 40)}. Send the bytes themselves.`);
  }
  const bytes = part.subarray(end + 2);
  const type = headers.get('content-type')?.toLowerCase();
  const isFile =
    parameters.has('filename') ||
    parameters.has('filename*') ||
    // A file name is optional. .NET's `ByteArrayContent` has neither that nor a type.
    (type === undefined ? isBinary(bytes) : !type.startsWith('text/'));
  return { name, isFile, bytes };
}

/** A header's value and its parameters (RFC 9110, section 5.6.6): names in any case, values quoted or not. */
export function parseParameters(header: string): { value: string; parameters: ReadonlyMap<string, string> } {
  const [, value = '', rest = ''] = /^([^;]*)(.*)$/s.exec(header)!;
  const parameters = new Map<string, string>();
  for (const [, name, quoted, token] of rest.matchAll(/;\s*([^\s=;"]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;"]*))/gs)) {
    // Browsers send a file name's backslashes as they are, but no name has any.
    parameters.set(name!.toLowerCase(), quoted?.replace(/\\(.)/gs, '$1') ?? token!.trim());
  }
  return { value: value.trim().toLowerCase(), parameters };
}

function isBinary(bytes: Uint8Array): boolean {
  return bytes.subarray(0, 64).some((byte) => (byte < 0x20 && byte !== 9 && byte !== LF && byte !== CR) || byte > 0xf7);
}

/** @returns the position after the pattern, or -1 */
function after(bytes: Uint8Array, pattern: Uint8Array, table: Uint8Array, from: number): number {
  const at = find(bytes, pattern, table, from);
  return at < 0 ? at : at + pattern.length;
}

/** Horspool's search. A CR occurs only at the pattern's start, so the comparisons of failed attempts never overlap. */
function find(bytes: Uint8Array, pattern: Uint8Array, table: Uint8Array, from: number): number {
  const last = pattern.length - 1;
  for (let at = from; at + last < bytes.length; at += table[bytes[at + last]!]!) {
    if (startsWith(bytes, pattern, at)) return at;
  }
  return -1;
}

/** How far the pattern may move on, by the byte at its end. */
function skipTable(pattern: Uint8Array): Uint8Array {
  const table = new Uint8Array(256).fill(pattern.length);
  for (let i = 0; i < pattern.length - 1; i++) table[pattern[i]!] = pattern.length - 1 - i;
  return table;
}

function startsWith(bytes: Uint8Array, pattern: Uint8Array, at: number): boolean {
  for (let i = 0; i < pattern.length; i++) if (bytes[at + i] !== pattern[i]) return false;
  return true;
}

/** The form has no field `image`; the message lists the fields that it has. */
export function withoutImage(parts: readonly Part[]): Problem {
  const names = [...new Set(parts.map(({ name }) => name))]
    .slice(0, 5)
    .map((name) => JSON.stringify(name.slice(0, 40)));
  const instead = names.length > 0 ? `, only ${names.join(', ')}` : '';
  return malformed(`The form has no field "image"${instead}. Send the image in that field.`);
}

/** @throws {Problem} body-malformed, if the value of a field `image` is not a file */
export function fileOf({ isFile, bytes }: Part): Uint8Array<ArrayBuffer> {
  if (isFile) return bytes;
  throw malformed('The field "image" is text, not a file. With curl, write -F image=@cat.png with the @.');
}

/** More than any parameter has. */
const MAX_TEXT_BYTES = 1_000;

/** @throws {Problem} body-malformed */
export function textOf({ name, bytes }: Part): string {
  if (bytes.length > MAX_TEXT_BYTES) {
    throw malformed(`The field "${name}" has ${bytes.length} bytes. The limit is ${MAX_TEXT_BYTES}.`);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch {
    throw malformed(`The field "${name}" is not UTF-8.`);
  }
}

export function malformed(detail: string): Problem {
  return new Problem('body-malformed', detail);
}
