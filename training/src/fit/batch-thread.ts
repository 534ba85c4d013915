/** The thread behind batch-loader.ts: indices in, pictures out. */
import { parentPort, workerData } from 'node:worker_threads';
import { PictureSet, type PictureSource } from '../data/picture-set.ts';

const set = new PictureSet(workerData as PictureSource);

parentPort!.on('message', (indices: Uint32Array) => {
  const { pixels, classes } = set.take(indices);
  parentPort!.postMessage({ pixels, classes }, [pixels.buffer as ArrayBuffer, classes.buffer as ArrayBuffer]);
});
