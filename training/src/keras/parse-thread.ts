/** The thread of read-keras-file.ts: takes the bytes, answers with the file or why there is none. */
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
