/**
 * The table of image formats. Every list of formats is derived from it: magic bytes, media types, extensions, pixel limits,
 * messages, schemas, the OpenAPI document. Data only, so that a web page can import it; the code of each format is in
 * `decoders.ts`.
 */

/** The formats that the Worker and the trainer decode, by name for people. Separate, as the widget needs only this. */
export const formatNames = { jpeg: 'JPEG', png: 'PNG', webp: 'WebP', gif: 'GIF' } as const;

export type ImageFormat = keyof typeof formatNames;

/** @example listFormats('or') // 'JPEG, PNG, WebP or GIF' */
export function listFormats(conjunction: string): string {
  const names = Object.values(formatNames);
  return `${names.slice(0, -1).join(', ')} ${conjunction} ${names.at(-1)}`;
}

/** How the first bytes of a file tell its kind. Bytes are written as Latin-1 characters. */
export type Magic =
  | { readonly prefixes: readonly string[] }
  | { readonly pattern: RegExp }
  /** ISO base media (HEIF, AVIF, MP4): a brand in the `ftyp` box. */
  | { readonly brand: RegExp }
  /** The beginning of a text, after a byte-order mark and white space. */
  | { readonly text: RegExp }
  /** The root element of a markup file, after prolog, comments and the doctype of SVG. */
  | { readonly root: RegExp };

export interface FormatRow {
  readonly magic: Magic;
  /** The media types of request bodies. */
  readonly mediaTypes: readonly string[];
  /** In lower case. Files that we write get the first one. */
  readonly extensions: readonly string[];
  /** Default of the limit on width x height as declared in the header: `MAX_<FORMAT>_PIXELS`. */
  readonly maxPixels: number;
}

export const formats: Readonly<Record<ImageFormat, FormatRow>> = {
  jpeg: {
    // SOI only: the decoder skips stray bytes before the next marker, however many.
    magic: { prefixes: ['\xff\xd8'] },
    mediaTypes: ['image/jpeg'],
    extensions: ['jpg', 'jpeg', 'jpe', 'jfif'],
    maxPixels: 120_000_000,
  },
  png: {
    // Half of the signature: the other half reveals damage by a text-mode transfer, which the decoder reports.
    magic: { prefixes: ['\x89PNG'] },
    mediaTypes: ['image/png'],
    extensions: ['png', 'apng'],
    maxPixels: 50_000_000,
  },
  webp: {
    magic: { pattern: /^RIFF.{4}WEBP/s },
    mediaTypes: ['image/webp'],
    extensions: ['webp'],
    // Lower than the others: libwebp decodes the whole image into memory.
    maxPixels: 13_000_000,
  },
  gif: {
    magic: { prefixes: ['GIF87a', 'GIF89a'] },
    mediaTypes: ['image/gif'],
    extensions: ['gif'],
    maxPixels: 50_000_000,
  },
};

/** Formats that the Worker does not decode but names in errors. `sharp` ones are decoded by the trainer, with sharp. */
export const otherFormats = [
  { kind: 'avif', name: 'AVIF', magic: { brand: /^avi[fs]$/ }, extensions: ['avif'], sharp: true },
  { kind: 'heic', name: 'HEIC', magic: { brand: /^he(ic|ix|im|is|vc|vx)$/ }, extensions: ['heic'], sharp: true },
  { kind: 'heic', name: 'HEIF', magic: { brand: /^(mif1|msf1|heif)$/ }, extensions: ['heif'], sharp: true },
  {
    kind: 'jpeg-xl',
    name: 'JPEG XL',
    magic: { prefixes: ['\xff\x0a', '\0\0\0\x0cJXL '] },
    extensions: ['jxl'],
    sharp: false,
  },
  {
    kind: 'jpeg-2000',
    name: 'JPEG 2000',
    magic: { prefixes: ['\0\0\0\x0cjP  ', '\xff\x4f\xff\x51'] },
    extensions: ['jp2'],
    sharp: false,
  },
  // Many texts begin with "BM", so the reserved bytes must be zero too.
  { kind: 'bmp', name: 'BMP', magic: { pattern: /^BM.{4}\0{4}/s }, extensions: ['bmp'], sharp: false },
  {
    kind: 'tiff',
    name: 'TIFF (or a camera raw file)',
    magic: { prefixes: ['II*\0', 'MM\0*', 'II+\0', 'MM\0+'] },
    extensions: ['tif', 'tiff', 'dng', 'cr2', 'nef', 'arw'],
    sharp: true,
  },
  { kind: 'ico', name: 'an icon (ICO)', magic: { prefixes: ['\0\0\x01\0'] }, extensions: ['ico'], sharp: false },
  { kind: 'psd', name: 'a Photoshop file (PSD)', magic: { prefixes: ['8BPS'] }, extensions: ['psd'], sharp: false },
  { kind: 'svg', name: 'SVG', magic: { root: /^<svg[\s>]/i }, extensions: ['svg'], sharp: false },
] as const satisfies readonly {
  readonly kind: string;
  /** For people; fits after "this is". */
  readonly name: string;
  readonly magic: Magic;
  readonly extensions: readonly string[];
  readonly sharp: boolean;
}[];

export const imageFormats = Object.keys(formatNames) as ImageFormat[];

/** What an answer or a stored feedback calls an image: its file format, or raw pixels with 3 channels or 1. */
export const sentFormats = [...imageFormats, 'rgb8', 'grey8'] as const;
