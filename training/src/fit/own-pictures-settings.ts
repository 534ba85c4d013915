/** The recipe for people's own pictures, where they bring none: few pictures, seen often and never twice the same. */
import type { SettingsInput } from './settings.ts';

const BATCH = 32;
/** Enough for a small network to settle. */
const STEPS = 600;
/** Twice this many is more than a person waits for. */
const MOST_EPOCHS = 60;
const FEWEST_EPOCHS = 10;

/** @param count training pictures @param side the shorter side of each, in pixels */
export function ownPicturesSettings(count: number, side: number): SettingsInput {
  const stepsPerEpoch = Math.ceil(count / BATCH);
  return {
    epochs: Math.min(MOST_EPOCHS, Math.max(FEWEST_EPOCHS, Math.ceil(STEPS / stepsPerEpoch))),
    batchSize: Math.min(BATCH, count),
    optimizer: { name: 'adam', learningRate: 0.002 },
    schedule: 'cosine',
    augmentation: { flip: true, translate: Math.floor(side / 8) },
  };
}
