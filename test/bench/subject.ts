/** The inputs of the benchmark: the starter release, and the example images in its input format. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { limitsSchema, pixelLimits } from '@glimpse/shared/api/limits';
import { nodeImageReader } from '@glimpse/shared/image/node';
import { normalize } from '@glimpse/shared/image/tensor';
import { readModelFile, readWeights } from '@glimpse/shared/model/network/model-file';
import { readChannels } from '@glimpse/shared/release/channels';
import type { Manifest } from '@glimpse/shared/release/manifest';
import { objectKeys } from '@glimpse/shared/release/names';
import { readReleaseFolder } from '@glimpse/training/publish/release-folder';
import { exportOnnx } from './onnx-export.ts';
import type { ReleaseFiles } from './release-files.ts';

export const MODEL = 'cifar10';

const root = join(import.meta.dirname, '../..');
const starter = join(root, 'starter');

export interface Subject {
  readonly manifest: Manifest;
  readonly release: ReleaseFiles;
  readonly inputShape: readonly [number, number, number];
  /** [count, ...input shape], normalized: the example images, repeated. */
  images(count: number): Float32Array<ArrayBuffer>;
  /** One example image as a file. */
  readonly file: Uint8Array<ArrayBuffer>;
  /** All objects of the model in the store, by key. */
  readonly objects: ReadonlyMap<string, Uint8Array>;
}

export async function readSubject(): Promise<Subject> {
  const channels = await readFile(join(starter, objectKeys.channels(MODEL)));
  const { version } = readChannels(channels.toString('utf8')).channels.stable!;
  const folder = join(starter, objectKeys.manifest(MODEL, version), '..');
  const { manifest, files } = await readReleaseFolder(folder);
  const modelJson = new TextDecoder().decode(files.get('model.json'));
  const model = readModelFile(modelJson);

  const examples = join(root, 'examples');
  const readImage = nodeImageReader();
  const pixels: Uint8Array[] = [];
  for (const name of (await readdir(examples)).filter((name) => name.endsWith('.png')).sort()) {
    const image = await readImage(
      await readFile(join(examples, name)),
      manifest.input,
      pixelLimits(limitsSchema.parse({})),
    );
    pixels.push(image.pixels);
  }
  return {
    manifest,
    release: {
      modelJson,
      weightsBin: files.get('weights.bin')!.buffer,
      onnx: exportOnnx(model.architecture, readWeights(model, files)).buffer,
    },
    inputShape: [manifest.input.height, manifest.input.width, manifest.input.channels],
    images(count) {
      const repeated = Array.from({ length: count }, (_, i) => pixels[i % pixels.length]!);
      return normalize(new Uint8Array(Buffer.concat(repeated)), manifest.input);
    },
    file: new Uint8Array(await readFile(join(examples, 'cat.png'))),
    objects: new Map([
      [objectKeys.channels(MODEL), channels],
      [objectKeys.manifest(MODEL, version), await readFile(join(folder, 'release.json'))],
      ...[...files].map(([path, bytes]) => [objectKeys.file(MODEL, version, path), bytes] as const),
    ]),
  };
}
