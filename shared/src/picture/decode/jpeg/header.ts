/**
 * What a JPEG says about itself, read from its markers alone (ITU-T T.81, annex B): enough to refuse what would be too
 * large, unsupported or cut before a byte is allocated for pixels.
 */
import { exifOrientation, type Orientation } from '../../exif-orientation.ts';
import { PictureError } from '../../picture-error.ts';

export interface JpegHeader {
  /** As stored, in pixels: before orientation. */
  readonly width: number;
  readonly height: number;
  /** Bits a sample. */
  readonly precision: number;
  /** 1 grey, 3 colour, 4 CMYK. */
  readonly components: number;
  readonly process: JpegProcess;
  readonly orientation: Orientation;
  /** How many components each scan carries, in the file's order. */
  readonly scans: readonly number[];
  /** Whether the picture is closed by its end marker. */
  readonly ended: boolean;
}

export type JpegProcess = 'sequential' | 'progressive' | 'lossless' | 'hierarchical' | 'arithmetic';

/** Table B.1, by the marker's second byte. C4, C8 and CC are no frames. */
const processes: ReadonlyMap<number, JpegProcess> = new Map([
  [0xc0, 'sequential'],
  [0xc1, 'sequential'],
  [0xc2, 'progressive'],
  [0xc3, 'lossless'],
  [0xc5, 'hierarchical'],
  [0xc6, 'hierarchical'],
  [0xc7, 'hierarchical'],
  [0xc9, 'arithmetic'],
  [0xca, 'arithmetic'],
  [0xcb, 'arithmetic'],
  [0xcd, 'arithmetic'],
  [0xce, 'arithmetic'],
  [0xcf, 'arithmetic'],
]);

const END_OF_IMAGE = 0xd9;
const START_OF_SCAN = 0xda;
const APP1 = 0xe1;
const EXIF = [0x45, 0x78, 0x69, 0x66, 0, 0];

/**
 * Walks the whole file, but steps over entropy-coded data, so it takes microseconds.
 *
 * @throws {PictureError} picture-undecodable when there is no frame header
 */
export function readJpegHeader(bytes: Uint8Array): JpegHeader {
  let frame: Pick<JpegHeader, 'width' | 'height' | 'precision' | 'components' | 'process'> | undefined;
  let orientation: Orientation | undefined;
  const scans: number[] = [];
  let ended = false;
  for (const { marker, body } of segments(bytes)) {
    const process = processes.get(marker);
    if (process && !frame && body.length >= 6) {
      const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
      frame = {
        process,
        precision: view.getUint8(0),
        height: view.getUint16(1),
        width: view.getUint16(3),
        components: view.getUint8(5),
      };
    } else if (marker === START_OF_SCAN) {
      scans.push(body[0] ?? 0);
    } else if (marker === APP1 && orientation === undefined && EXIF.every((byte, i) => body[i] === byte)) {
      orientation = exifOrientation(body.subarray(EXIF.length));
    } else if (marker === END_OF_IMAGE) {
      ended = true;
    }
  }
  if (!frame) {
    throw new PictureError('picture-undecodable', 'this JPEG has no frame header: it is cut or damaged; send it again');
  }
  return { ...frame, orientation: orientation ?? 1, scans, ended };
}

/**
 * The marker segments up to the first end of image; what follows that (a gain map, a video) is not this picture. Bytes
 * between segments are skipped, as libjpeg does: that is both how entropy-coded data is passed and how garbage is.
 */
function* segments(bytes: Uint8Array): Generator<{ marker: number; body: Uint8Array }> {
  let at = 2;
  while (true) {
    at = bytes.indexOf(0xff, at);
    if (at < 0) return;
    while (bytes[at] === 0xff) at++;
    const marker = bytes[at++];
    if (marker === undefined) return;
    // A stuffed zero, TEM, restarts and a second start of image stand alone.
    if (marker <= 0x01 || (marker >= 0xd0 && marker <= 0xd8)) continue;
    if (marker === END_OF_IMAGE) {
      yield { marker, body: bytes.subarray(at, at) };
      return;
    }
    if (at + 2 > bytes.length) return;
    const length = (bytes[at]! << 8) | bytes[at + 1]!;
    // A length counts itself. A smaller one is an error that the codec reports.
    if (length < 2 || at + length > bytes.length) return;
    yield { marker, body: bytes.subarray(at + 2, at + length) };
    at += length;
  }
}
