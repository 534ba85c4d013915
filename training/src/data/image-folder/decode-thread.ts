/** A worker thread that receives paths and returns pixels. See decode-images.ts. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Target } from '@glimpse/shared/image/area-average/area-average';
import type { DecodedBatch, FileBatch } from './decode-images.ts';
import { HASH_BYTES, imageFileReader } from './read-image-file.ts';

const target = workerData as Target;
const readImageFile = imageFileReader(target);
const imageBytes = target.height * target.width * target.channels;

parentPort!.on('message', async ({ first, files }: FileBatch) => {
  const pixels = new Uint8Array(files.length * imageBytes);
  const fileHashes = new Uint8Array(files.length * HASH_BYTES);
  const pixelHashes = new Uint8Array(files.length * HASH_BYTES);
  const unreadable: [number, string][] = [];
  for (const [i, { path, size }] of files.entries()) {
    const result = await readImageFile(path, size);
    if ('reason' in result) {
      unreadable.push([first + i, result.reason]);
      continue;
    }
    pixels.set(result.pixels, i * imageBytes);
    fileHashes.set(result.fileHash, i * HASH_BYTES);
    pixelHashes.set(result.pixelHash, i * HASH_BYTES);
  }
  const batch: DecodedBatch = { first, pixels, fileHashes, pixelHashes, unreadable };
  parentPort!.postMessage(batch, [pixels.buffer]);
});
