/** Writes CIFAR-10 as an image folder, with PNG files in one folder per class, to try things out and for tests. */
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { TrainingError } from '../training-error.ts';
import type { DataSet } from './data-set.ts';

/**
 * Writes `<folder>/<class>/<number in the training set>.png`.
 *
 * @param perClass images to write per class, the first ones
 * @returns the number of images written
 * @throws {TrainingError} `data-invalid` if a class is unknown or the folder is not empty
 */
export async function writeCifar10Folder(
  data: Pick<DataSet, 'labels' | 'train' | 'shape'>,
  folder: string,
  classes: readonly string[],
  perClass: number,
): Promise<number> {
  const unknown = classes.find((name) => !data.labels.includes(name));
  if (unknown !== undefined) {
    throw new TrainingError('data-invalid', `Unknown class "${unknown}". The classes are ${data.labels.join(', ')}.`);
  }
  await mkdir(folder, { recursive: true });
  if ((await readdir(folder)).length > 0) {
    throw new TrainingError('data-invalid', `${folder} is not empty. Choose a new folder.`);
  }
  const [height, width, channels] = data.shape;
  let written = 0;
  for (const label of classes) {
    await mkdir(join(folder, label));
    const index = data.labels.indexOf(label);
    let remaining = perClass;
    for (let i = 0; i < data.train.count && remaining > 0; i++) {
      if (data.train.classes[i] !== index) continue;
      const { pixels } = data.train.take([i]);
      const path = join(folder, label, `${String(i).padStart(5, '0')}.png`);
      await sharp(pixels, { raw: { width, height, channels: channels as 3 } })
        .png()
        .toFile(path);
      remaining--;
      written++;
    }
  }
  return written;
}
