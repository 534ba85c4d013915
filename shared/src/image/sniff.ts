/** What a file is, by its first bytes. Names far more than is read, so that an error can say what was sent instead. */

export type FileKind =
  | 'jpeg'
  | 'png'
  | 'webp'
  | 'gif'
  | 'heic'
  | 'avif'
  | 'jpeg-xl'
  | 'jpeg-2000'
  | 'bmp'
  | 'tiff'
  | 'ico'
  | 'psd'
  | 'svg'
  | 'pdf'
  | 'video'
  | 'zip'
  | 'gzip'
  | 'html'
  | 'xml'
  | 'json'
  | 'multipart'
  | 'base64'
  | 'mangled'
  | 'git-lfs-pointer'
  | 'text'
  | 'empty'
  | 'unknown';

export interface Sniffed {
  readonly kind: FileKind;
  /** For people; fits after "this is". */
  readonly name: string;
}

/** The first bytes, as Latin-1 (one character a byte), so that magic numbers can be written as patterns. */
type Start = string;

interface Signature extends Sniffed {
  matches(start: Start): boolean;
}

/** Enough for an XML prolog, a comment and a doctype ahead of `<svg`. */
const START_BYTES = 1024;

const begins =
  (...prefixes: string[]) =>
  (start: Start) =>
    prefixes.some((prefix) => start.startsWith(prefix));

/** A pattern at the beginning, after what editors and servers put in front of text. */
const textBegins = (pattern: RegExp) => (start: Start) => pattern.test(start.replace(/^(?:\xef\xbb\xbf)?\s*/, ''));

/**
 * The same behind an XML prolog, comments and SVG's doctype. They are taken off one by one: a pattern that repeats them
 * could be made to run for years.
 */
const rootElement = (pattern: RegExp) => {
  const ahead = /^(\s+|\xef\xbb\xbf|<\?xml.*?\?>|<!--.*?-->|<!DOCTYPE svg.*?>)/is;
  return (start: Start) => {
    let rest = start;
    while (ahead.test(rest)) rest = rest.replace(ahead, '');
    return pattern.test(rest);
  };
};

/** ISO base media (HEIF, AVIF, MP4): the brands in its `ftyp` box, the major one and the compatible ones. */
const hasBrand = (brand: RegExp) => (start: Start) => {
  if (start.slice(4, 8) !== 'ftyp') return false;
  const boxLength = (start.charCodeAt(2) << 8) | start.charCodeAt(3);
  const brands = start.slice(8, 12) + start.slice(16, Math.max(16, boxLength));
  return (brands.match(/.{4}/gs) ?? []).some((each) => brand.test(each));
};

/** The first that matches wins, so the narrow ones stand before the wide ones. */
const signatures: readonly Signature[] = [
  { kind: 'empty', name: 'an empty file', matches: (start) => start.length === 0 },
  { kind: 'jpeg', name: 'JPEG', matches: begins('\xff\xd8\xff') },
  // Half the signature only: the other half exists to show damage by a text-mode transfer, which the decoder names.
  { kind: 'png', name: 'PNG', matches: begins('\x89PNG') },
  { kind: 'webp', name: 'WebP', matches: (start) => /^RIFF.{4}WEBP/s.test(start) },
  { kind: 'gif', name: 'GIF', matches: begins('GIF87a', 'GIF89a') },
  { kind: 'avif', name: 'AVIF', matches: hasBrand(/^avi[fs]$/) },
  { kind: 'heic', name: 'HEIC', matches: hasBrand(/^he(ic|ix|im|is|vc|vx)$/) },
  { kind: 'heic', name: 'HEIF', matches: hasBrand(/^(mif1|msf1|heif)$/) },
  { kind: 'jpeg-xl', name: 'JPEG XL', matches: begins('\xff\x0a', '\0\0\0\x0cJXL ') },
  { kind: 'jpeg-2000', name: 'JPEG 2000', matches: begins('\0\0\0\x0cjP  ', '\xff\x4f\xff\x51') },
  // "BM" alone begins many a text: the reserved bytes must be zero too.
  { kind: 'bmp', name: 'BMP', matches: (start) => /^BM.{4}\0{4}/s.test(start) },
  { kind: 'tiff', name: 'TIFF (or a camera raw file)', matches: begins('II*\0', 'MM\0*', 'II+\0', 'MM\0+') },
  { kind: 'ico', name: 'an icon (ICO)', matches: begins('\0\0\x01\0') },
  { kind: 'psd', name: 'a Photoshop file (PSD)', matches: begins('8BPS') },
  { kind: 'pdf', name: 'PDF', matches: begins('%PDF-') },
  { kind: 'video', name: 'a QuickTime video (MOV)', matches: hasBrand(/^qt {2}$/) },
  { kind: 'video', name: 'a video (MP4)', matches: hasBrand(/^/) },
  { kind: 'video', name: 'a QuickTime video (MOV)', matches: (start) => /^.{4}(moov|mdat|wide|free)/s.test(start) },
  { kind: 'video', name: 'a video (WebM or Matroska)', matches: begins('\x1a\x45\xdf\xa3') },
  { kind: 'video', name: 'a video (AVI)', matches: (start) => /^RIFF.{4}AVI /s.test(start) },
  { kind: 'zip', name: 'a ZIP archive', matches: begins('PK\x03\x04', 'PK\x05\x06') },
  { kind: 'gzip', name: 'gzip-compressed data', matches: begins('\x1f\x8b') },
  // Bytes that were read as UTF-8 and written again: everything above 0x7f has become U+FFFD.
  {
    kind: 'mangled',
    name: 'an image that was damaged by treating its bytes as text',
    matches: begins(
      '\xef\xbf\xbdPNG',
      '\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd',
      '\xc2\x89PNG',
      '\xc3\xbf\xc3\x98\xc3\xbf',
    ),
  },
  { kind: 'svg', name: 'SVG', matches: rootElement(/^<svg[\s>]/i) },
  {
    kind: 'html',
    name: 'an HTML page',
    matches: rootElement(/^<(!doctype html|html|head|body|script|title|div|p)\b/i),
  },
  { kind: 'xml', name: 'XML', matches: textBegins(/^<\?xml|^<[a-z]+[\s>]/i) },
  {
    kind: 'multipart',
    name: 'a multipart form sent without its Content-Type',
    matches: textBegins(/^--\S+\r\nContent-/i),
  },
  { kind: 'base64', name: 'an image as Base64 text', matches: textBegins(/^(data:image\/|\/9j\/|iVBORw0KGgo)/) },
  {
    kind: 'git-lfs-pointer',
    name: 'a Git LFS pointer, not the file that it stands for',
    matches: begins('version https://git-lfs.github.com/spec/'),
  },
  { kind: 'json', name: 'JSON', matches: textBegins(/^(\{\s*["}]|\[\s*[[\]{"\d-])/) },
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what tells bytes from text
  { kind: 'text', name: 'text', matches: (start) => !/[\0-\x08\x0e-\x1a\x1c-\x1f\x7f]/.test(start) && isUtf8(start) },
];

/** @returns the kind and a name for people; `unknown` where nothing matches. Reads at most the first 1024 bytes. */
export function sniff(bytes: Uint8Array): Sniffed {
  const start = String.fromCharCode(...bytes.subarray(0, START_BYTES));
  const found = signatures.find((signature) => signature.matches(start));
  return found ? { kind: found.kind, name: found.name } : { kind: 'unknown', name: 'not a known kind of file' };
}

/** Whether the bytes are UTF-8; `stream` lets a character be cut at the end. */
function isUtf8(start: Start): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(
      Uint8Array.from(start, (character) => character.charCodeAt(0)),
      { stream: true },
    );
    return true;
  } catch {
    return false;
  }
}
