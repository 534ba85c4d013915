/** The worker thread of read-keras-file.ts. Receives the bytes and posts the parsed file, or the reason for a failure. */
import { parentPort, workerData } from 'node:worker_threads';
import type { KerasFile } from './keras-file.ts';
import { parseKerasFile, Refusal } from './parse-keras-file.ts';

export type ParseAnswer = { readonly file: KerasFile } | { readonly refusal: string } | { readonly damage: string };

async function answer(): Promise<ParseAnswer> {
  try {
    return { file: await parseKerasFile(workerData as Uint8Array) };
  } catch (error) {
    return error instanceof Refusal ? { refusal: error.message } : { damage: (error as Error).message };
  }
}

parentPort!.postMessage(await answer());
