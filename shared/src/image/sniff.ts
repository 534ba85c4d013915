/** The kind of a file, by its first bytes. Knows more kinds than are decoded, so that an error can name what was sent. */
import { formatNames, formats, type ImageFormat, imageFormats, type Magic, otherFormats } from './formats.ts';

/** Kinds of files that are not images, with the first match winning: narrow rules come before wide ones. */
const otherFiles = [
  { kind: 'pdf', name: 'PDF', magic: { prefixes: ['%PDF-'] } },
  { kind: 'video', name: 'a QuickTime video (MOV)', magic: { brand: /^qt {2}$/ } },
  {
    kind: 'video',
    name: 'a video (MP4)',
    magic: { brand: /^(isom|iso[2-9]|mp4[12]|avc1|M4V |M4VH|M4VP|f4v |3g[2p].|mmp4|MSNV|dash)$/ },
  },
  { kind: 'audio', name: 'an audio file (M4A)', magic: { brand: /^M4[AB] $/ } },
  {
    kind: 'iso-media',
    name: 'an unknown kind of ISO media file, which may be an image, a video or audio',
    magic: { brand: /^/ },
  },
  { kind: 'video', name: 'a QuickTime video (MOV)', magic: { pattern: /^.{4}(moov|mdat|wide|free)/s } },
  { kind: 'video', name: 'a video (WebM or Matroska)', magic: { prefixes: ['\x1a\x45\xdf\xa3'] } },
  { kind: 'video', name: 'a video (AVI)', magic: { pattern: /^RIFF.{4}AVI /s } },
  { kind: 'zip', name: 'a ZIP archive', magic: { prefixes: ['PK\x03\x04', 'PK\x05\x06'] } },
  { kind: 'gzip', name: 'gzip-compressed data', magic: { prefixes: ['\x1f\x8b'] } },
  // Bytes that were decoded as UTF-8 and encoded again: everything above 0x7f has become U+FFFD.
  {
    kind: 'mangled',
    name: 'an image that was damaged by treating its bytes as text',
    magic: {
      prefixes: ['\xef\xbf\xbdPNG', '\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd', '\xc2\x89PNG', '\xc3\xbf\xc3\x98\xc3\xbf'],
    },
  },
  {
    kind: 'html',
    name: 'an HTML page',
    magic: { root: /^<(!doctype html|html|head|body|script|title|div|p)\b/i },
  },
  { kind: 'xml', name: 'XML', magic: { text: /^<\?xml|^<[a-z]+[\s>]/i } },
  {
    kind: 'multipart',
    name: 'a multipart form sent without its Content-Type',
    magic: { text: /^--\S+\r\nContent-/i },
  },
  { kind: 'base64', name: 'an image as Base64 text', magic: { text: /^(data:image\/|\/9j\/|iVBORw0KGgo)/ } },
  {
    kind: 'git-lfs-pointer',
    name: 'a Git LFS pointer instead of the file itself',
    magic: { prefixes: ['version https://git-lfs.github.com/spec/'] },
  },
  { kind: 'json', name: 'JSON', magic: { text: /^(\{\s*["}]|\[\s*[[\]{"\d-])/ } },
] as const satisfies readonly { readonly kind: string; readonly name: string; readonly magic: Magic }[];

export type FileKind =
  | ImageFormat
  | (typeof otherFormats)[number]['kind']
  | (typeof otherFiles)[number]['kind']
  | 'empty'
  | 'text'
  | 'unknown';

export interface Sniffed {
  readonly kind: FileKind;
  /** For people; fits after "this is". */
  readonly name: string;
}

const signatures: readonly (Sniffed & { readonly magic: Magic })[] = [
  ...imageFormats.map((kind) => ({ kind, name: formatNames[kind], magic: formats[kind].magic })),
  ...otherFormats,
  ...otherFiles,
];

/** Enough for an XML prolog, a comment and a doctype before `<svg`. */
export const SNIFFED_BYTES = 1024;

/** Reads at most the first `SNIFFED_BYTES` bytes. */
export function sniff(bytes: Uint8Array): Sniffed {
  if (bytes.length === 0) return { kind: 'empty', name: 'an empty file' };
  const start = String.fromCharCode(...bytes.subarray(0, SNIFFED_BYTES));
  const found = signatures.find(({ magic }) => matches(start, magic));
  if (found) return { kind: found.kind, name: found.name };
  return isText(start) ? { kind: 'text', name: 'text' } : { kind: 'unknown', name: 'not a known kind of file' };
}

export function isImageFormat(kind: FileKind): kind is ImageFormat {
  return kind in formats;
}

/** @param start the first bytes as Latin-1 */
function matches(start: string, magic: Magic): boolean {
  if ('prefixes' in magic) return magic.prefixes.some((prefix) => start.startsWith(prefix));
  if ('pattern' in magic) return magic.pattern.test(start);
  if ('brand' in magic) return brandsOf(start).some((brand) => magic.brand.test(brand));
  if ('text' in magic) return magic.text.test(start.replace(/^(?:\xef\xbb\xbf)?\s*/, ''));
  return magic.root.test(fromRootElement(start));
}

/** The major brand of the `ftyp` box and the compatible ones. */
function brandsOf(start: string): readonly string[] {
  if (start.slice(4, 8) !== 'ftyp') return [];
  const boxLength = (start.charCodeAt(2) << 8) | start.charCodeAt(3);
  const brands = start.slice(8, 12) + start.slice(16, Math.max(16, boxLength));
  return brands.match(/.{4}/gs) ?? [];
}

/** Removes one part at a time: a single pattern that repeats them could take exponential time. */
function fromRootElement(start: string): string {
  const ahead = /^(\s+|\xef\xbb\xbf|<\?xml.*?\?>|<!--.*?-->|<!DOCTYPE svg.*?>)/is;
  let rest = start;
  while (ahead.test(rest)) rest = rest.replace(ahead, '');
  return rest;
}

/** UTF-8 without control characters. */
function isText(start: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters distinguish binary data from text
  if (/[\0-\x08\x0e-\x1a\x1c-\x1f\x7f]/.test(start)) return false;
  try {
    // `stream` accepts a character that is cut at the end.
    new TextDecoder('utf-8', { fatal: true }).decode(
      Uint8Array.from(start, (character) => character.charCodeAt(0)),
      { stream: true },
    );
    return true;
  } catch {
    return false;
  }
}
