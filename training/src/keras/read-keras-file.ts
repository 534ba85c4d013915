/**
 * Reads an .h5 file in a thread with a timeout: on a damaged file, the HDF5 library may crash or hang (fuzzing found both).
 */
import { Worker } from 'node:worker_threads';
import { TrainingError } from '../training-error.ts';
import type { KerasFile } from './keras-file.ts';
import type { ParseAnswer } from './parse-thread.ts';

/** Larger files are rejected before they are read: the model would be far too large for a release. */
export const MAX_FILE_BYTES = 512 * 2 ** 20;
/** A model of 3 MB takes half a second, most of it to load the library. */
const DEADLINE_SECONDS = 60;

/**
 * @param bytes of the file
 * @param name of the file, for messages
 * @throws {TrainingError} `keras-file-invalid` if the file is not a complete model in Keras' HDF5 format, is damaged, or has
 * a weight that is not a finite float32
 */
export async function readKerasFile(
  bytes: Uint8Array,
  name: string,
  deadlineSeconds = DEADLINE_SECONDS,
): Promise<KerasFile> {
  const refuse = (reason: string) => new TrainingError('keras-file-invalid', `${name} ${reason}`);
  refuseOtherFormats(bytes, refuse);
  const answer = await inThread(bytes, deadlineSeconds);
  if ('refusal' in answer) throw refuse(answer.refusal);
  if ('damage' in answer) {
    throw refuse(`cannot be read: ${answer.damage}. It is damaged or was not copied in full.`);
  }
  return answer.file;
}

async function inThread(bytes: Uint8Array, deadlineSeconds: number): Promise<ParseAnswer> {
  // A copy, because a Buffer may be a view of a larger array.
  const thread = new Worker(new URL('./parse-thread.ts', import.meta.url), { workerData: new Uint8Array(bytes) });
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<ParseAnswer>((resolve) => {
      const damage = (reason: string) => resolve({ damage: reason });
      timer = setTimeout(() => damage(`reading it took more than ${deadlineSeconds} seconds`), deadlineSeconds * 1000);
      thread.once('message', resolve);
      thread.once('error', (error) => damage(error.message));
      thread.once('exit', () => damage('its reader stopped'));
    });
  } finally {
    clearTimeout(timer);
    await thread.terminate();
  }
}

function refuseOtherFormats(bytes: Uint8Array, refuse: (reason: string) => Error): void {
  const start = String.fromCharCode(...bytes.subarray(0, 8));
  const head = String.fromCharCode(...bytes.subarray(0, 64))
    .trimStart()
    .toLowerCase();
  if (bytes.length === 0) throw refuse('is empty. Copy or download it again.');
  if (head.startsWith('version https://git-lfs')) {
    throw refuse('is a Git LFS pointer, not the model itself. Get the file with: git lfs pull');
  }
  if (head.startsWith('<!doctype') || head.startsWith('<html')) {
    throw refuse('is a web page. Download the model file itself, not the page about it.');
  }
  if (head.startsWith('{')) {
    throw refuse('is JSON, which has no weights. Save the whole model as HDF5: model.save("FILE.h5").');
  }
  if (start.startsWith('PK\x03\x04')) {
    throw refuse(`is a zip archive, like Keras' .keras files. Save the model as HDF5: model.save("FILE.h5").`);
  }
  if (start !== '\x89HDF\r\n\x1a\n')
    throw refuse('is not an HDF5 file. Save the model with model.save("FILE.h5") in Keras.');
}
