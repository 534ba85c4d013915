/** Decoders from an image's bytes to the tensor's pixels: our reader, and jSquash's codecs followed by an area average. */

import { areaAverage } from '@glimpse/shared/image/area-average/area-average';
import { WorkMeter } from '@glimpse/shared/image/decode/work-meter';
import type { InputContract } from '@glimpse/shared/image/input-contract';
import { createImageReader, type ImageCodecs } from '@glimpse/shared/image/read-image';
import { sniff } from '@glimpse/shared/image/sniff';
import decodeJpeg, { init as initJpeg } from '@jsquash/jpeg/decode.js';
import { decode as decodePng, init as initPng } from '@jsquash/png/decode.js';
import decodeWebp, { init as initWebp } from '@jsquash/webp/decode.js';
import { samePixelLimit } from '../../support/image/any-format.ts';

export const decoderNames = ['glimpse', 'jsquash'] as const;
export type DecoderName = (typeof decoderNames)[number];

/** Decodes one image repeatedly. */
export type Decode = (bytes: Uint8Array<ArrayBuffer>) => Promise<Uint8Array>;

/** The input size of the starter release. */
const target: InputContract = {
  height: 32,
  width: 32,
  channels: 3,
  fit: 'stretch',
  mean: [0, 0, 0],
  standardDeviation: [1, 1, 1],
};

const limits = samePixelLimit(200e6);

/** jSquash's compiled codecs. */
export interface StockCodecs extends ImageCodecs {
  readonly jpeg: WebAssembly.Module;
  readonly png: WebAssembly.Module;
}

export function openDecoders(codecs: StockCodecs): Record<DecoderName, Decode> {
  const readImage = createImageReader(codecs);
  const stock = { jpeg: stockJpeg(codecs.jpeg), png: stockPng(codecs.png), webp: stockWebp(codecs.webp) };
  return {
    glimpse: async (bytes) => (await readImage(bytes, target, limits, new WorkMeter(Number.POSITIVE_INFINITY))).pixels,
    jsquash: async (bytes) => areaAverage(await stock[sniff(bytes).kind as keyof typeof stock](bytes), target),
  };
}

type StockDecode = (bytes: Uint8Array<ArrayBuffer>) => Promise<ImageData>;

function stockJpeg(module: WebAssembly.Module): StockDecode {
  // Its type declaration lacks the documented overload that has the module as its first argument.
  const ready = (initJpeg as unknown as (module: WebAssembly.Module) => Promise<void>)(module);
  return async (bytes) => {
    await ready;
    return decodeJpeg(bytes.buffer);
  };
}

function stockPng(module: WebAssembly.Module): StockDecode {
  const ready = initPng(module);
  return async (bytes) => {
    await ready;
    return decodePng(bytes.buffer);
  };
}

function stockWebp(module: WebAssembly.Module): StockDecode {
  const ready = (initWebp as unknown as (module: WebAssembly.Module) => Promise<void>)(module);
  return async (bytes) => {
    await ready;
    return decodeWebp(bytes.buffer);
  };
}
