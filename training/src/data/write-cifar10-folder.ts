/** CIFAR-10 as a person's image folder would be: PNG files in a folder per class. To try things out, and for tests. */
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { TrainingError } from '../training-error.ts';
import type { DataSet } from './data-set.ts';

/**
 * Writes `<folder>/<class>/<number in the training set>.png`.
 *
 * @param perClass the first so many of each class
 * @returns how many images were written
 * @throws {TrainingError} `data-invalid` for an unknown class or a folder that holds something
 */
export async function writeCifar10Folder(
  data: Pick<DataSet, 'labels' | 'train' | 'shape'>,
  folder: string,
  classes: readonly string[],
  perClass: number,
): Promise<number> {
  const unknown = classes.find((name) => !data.labels.includes(name));
  if (unknown !== undefined) {
    throw new TrainingError('data-invalid', `There is no class "${unknown}"; there are ${data.labels.join(', ')}.`);
  }
  await mkdir(folder, { recursive: true });
  if ((await readdir(folder)).length > 0) {
    throw new TrainingError('data-invalid', `${folder} is not empty. Name a new folder.`);
  }
  const [height, width, channels] = data.shape;
  let written = 0;
  for (const label of classes) {
    await mkdir(join(folder, label));
    const index = data.labels.indexOf(label);
    let left = perClass;
    for (let i = 0; i < data.train.count && left > 0; i++) {
      if (data.train.classes[i] !== index) continue;
      const { pixels } = data.train.take([i]);
      const path = join(folder, label, `${String(i).padStart(5, '0')}.png`);
      await sharp(pixels, { raw: { width, height, channels: channels as 3 } })
        .png()
        .toFile(path);
      left--;
      written++;
    }
  }
  return written;
}
