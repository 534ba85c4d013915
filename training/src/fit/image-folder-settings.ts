/** Default settings for an image folder: few images, many epochs, augmented. */
import type { SettingsInput } from './settings.ts';

const BATCH_SIZE = 32;
/** Enough for a small network to converge. */
const MIN_STEPS = 600;
/** A limit on how long the user waits. */
const MAX_EPOCHS = 60;
const MIN_EPOCHS = 10;

/** @param count training images @param side the shorter side of each, in pixels */
export function imageFolderSettings(count: number, side: number): SettingsInput {
  const stepsPerEpoch = Math.ceil(count / BATCH_SIZE);
  return {
    epochs: Math.min(MAX_EPOCHS, Math.max(MIN_EPOCHS, Math.ceil(MIN_STEPS / stepsPerEpoch))),
    batchSize: Math.min(BATCH_SIZE, count),
    optimizer: { name: 'adam', learningRate: 0.002 },
    schedule: 'cosine',
    augmentation: { flip: true, translate: Math.floor(side / 8) },
  };
}
