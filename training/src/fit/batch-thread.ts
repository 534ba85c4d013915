/** The worker thread of batch-loader.ts. Receives indices and posts the images. */
import { parentPort, workerData } from 'node:worker_threads';
import { ImageSet, type ImageSource } from '../data/image-set.ts';

const set = new ImageSet(workerData as ImageSource);

parentPort!.on('message', (indices: Uint32Array) => {
  const { pixels, classes } = set.take(indices);
  parentPort!.postMessage({ pixels, classes }, [pixels.buffer as ArrayBuffer, classes.buffer as ArrayBuffer]);
});
