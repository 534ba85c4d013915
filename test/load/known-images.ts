/** Images with known scores, computed by a reference Worker with other decoders and another runner. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { normalize } from '@glimpse/shared/image/tensor';
import { cifar10Labels } from '@glimpse/shared/model/labels/cifar10';
import sharp from 'sharp';
import type { Subject } from '../bench/subject.ts';
import { bundleForWorkerd } from '../bench/worker-build.ts';
import { startWorker } from '../bench/worker-start.ts';
import { jpegPhoto, photo } from '../images/photo.ts';
import { ROOT } from '../support/worker/start-worker.ts';

type Bytes = Uint8Array<ArrayBuffer>;

export interface KnownImage {
  readonly bytes: Bytes;
  /** The score of each class, by index. */
  readonly scores: readonly number[];
  /** Tolerance of a score: decoders differ slightly, raw pixels do not. */
  readonly within: number;
}

export interface KnownImages {
  /** The example images: 32 x 32, lossless. */
  readonly png: readonly KnownImage[];
  /** The pixels of the example images: height x width x channels bytes, and normalized. */
  readonly pixels: readonly KnownImage[];
  readonly tensors: readonly (Omit<KnownImage, 'bytes'> & { readonly values: Float32Array })[];
  /** The examples as 320 x 320 JPEG and WebP. */
  readonly small: readonly KnownImage[];
  /** 1600 x 1200, about 200 KB: a photo that an app has scaled down. */
  readonly medium: readonly KnownImage[];
  /** 12 megapixels, as from a phone. */
  readonly large: readonly KnownImage[];
}

const EXACT = 1e-4;
/** Of two decoders' pixels the medians differ by less than one level in 255, in a network that takes 32 x 32 of them. */
const ABOUT = 0.05;

export async function knownImages(subject: Subject): Promise<KnownImages> {
  const examples = await Promise.all(cifar10Labels.map((name) => readFile(join(ROOT, 'examples', `${name}.png`))));
  const ask = await openReference(subject);
  try {
    const known = async (buffer: Buffer, within: number): Promise<KnownImage> => {
      const bytes = new Uint8Array(buffer);
      return { bytes, scores: await ask(bytes), within };
    };
    const png: KnownImage[] = [];
    const small: KnownImage[] = [];
    for (const [index, example] of examples.entries()) {
      png.push(await known(example, EXACT));
      const larger = sharp(example).resize(320, 320, { kernel: 'cubic' });
      const file = index % 2 === 0 ? larger.jpeg({ quality: 90 }) : larger.webp({ quality: 90 });
      small.push(await known(await file.toBuffer(), ABOUT));
    }
    const pixels = await Promise.all(
      png.map(async ({ bytes, ...rest }) => {
        const raw = await sharp(bytes).removeAlpha().raw().toBuffer();
        return { bytes: new Uint8Array(raw), ...rest };
      }),
    );
    const tensors = pixels.map(({ bytes, ...rest }) => ({
      values: normalize(bytes, subject.manifest.input),
      ...rest,
    }));
    const medium = [
      await known(await jpegPhoto(1600, 1200, { quality: 80 }), ABOUT),
      await known(await photo(1600, 1200, 2).webp({ quality: 80 }).toBuffer(), ABOUT),
    ];
    const large = [await known(await jpegPhoto(4032, 3024, { quality: 75 }), ABOUT)];
    return { png, pixels, tensors, small, medium, large };
  } finally {
    await ask.close();
  }
}

/** Runs the benchmark's stock Worker as the reference. */
async function openReference(subject: Subject) {
  const worker = await startWorker(await bundleForWorkerd('stock-worker.ts'));
  for (const [key, bytes] of subject.objects) await worker.put(key, bytes);
  const ask = async (bytes: Bytes): Promise<number[]> => {
    const response = await worker.fetch('/v1/classify', { method: 'POST', body: bytes });
    if (!response.ok) throw new Error(`The reference answered ${response.status}: ${await response.text()}`);
    const { predictions } = (await response.json()) as { predictions: number[] };
    return predictions;
  };
  return Object.assign(ask, { close: () => worker.stop() });
}
