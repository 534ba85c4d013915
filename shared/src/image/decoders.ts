/** The code of each format. A format of the table in `formats.ts` without a row here does not compile. */
import type { ColorHandling } from './color/color-transform.ts';
import type { Decoder } from './decode/decoder.ts';
import { gifDecoder } from './decode/gif/gif-decoder.ts';
import { gifWithoutMetadata } from './decode/gif/gif-metadata.ts';
import { jpegDecoder } from './decode/jpeg/jpeg-decoder.ts';
import { jpegWithoutMetadata } from './decode/jpeg/jpeg-metadata.ts';
import { pngDecoder } from './decode/png/png-decoder.ts';
import { pngWithoutMetadata } from './decode/png/png-metadata.ts';
import { webpDecoder } from './decode/webp/webp-decoder.ts';
import { webpWithoutMetadata } from './decode/webp/webp-metadata.ts';
import type { ImageFormat } from './formats.ts';

/** Compiled WebAssembly codecs: a Worker imports the .wasm files, Node compiles them (`node.ts`). */
export interface ImageCodecs {
  /** `@jsquash/webp/codec/dec/webp_dec.wasm` */
  readonly webp: WebAssembly.Module;
}

interface FormatCode {
  decoder(codecs: ImageCodecs, color: ColorHandling): Decoder;
  /**
   * @param bytes of a file that decodes
   * @returns the parts of a file with the same pixels and orientation, and no other metadata
   */
  withoutMetadata(bytes: Uint8Array): readonly Uint8Array[];
}

export const decoders: Readonly<Record<ImageFormat, FormatCode>> = {
  jpeg: { decoder: (_, color) => jpegDecoder(color), withoutMetadata: jpegWithoutMetadata },
  png: { decoder: (_, color) => pngDecoder(color), withoutMetadata: pngWithoutMetadata },
  webp: { decoder: ({ webp }, color) => webpDecoder(webp, color), withoutMetadata: webpWithoutMetadata },
  gif: { decoder: () => gifDecoder, withoutMetadata: gifWithoutMetadata },
};
