/** The recipe for an image folder, where they bring none: few images, seen often and never twice the same. */
import type { SettingsInput } from './settings.ts';

const BATCH = 32;
/** Enough for a small network to settle. */
const STEPS = 600;
/** Twice this many is more than a person waits for. */
const MAX_EPOCHS = 60;
const MIN_EPOCHS = 10;

/** @param count training images @param side the shorter side of each, in pixels */
export function imageFolderSettings(count: number, side: number): SettingsInput {
  const stepsPerEpoch = Math.ceil(count / BATCH);
  return {
    epochs: Math.min(MAX_EPOCHS, Math.max(MIN_EPOCHS, Math.ceil(STEPS / stepsPerEpoch))),
    batchSize: Math.min(BATCH, count),
    optimizer: { name: 'adam', learningRate: 0.002 },
    schedule: 'cosine',
    augmentation: { flip: true, translate: Math.floor(side / 8) },
  };
}
