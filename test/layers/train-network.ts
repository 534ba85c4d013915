/** Trains a small network for a few steps on images that are easy to classify. */

import type { InputContract } from '@glimpse/shared/image/input-contract';
import { type Architecture, defineArchitecture } from '@glimpse/shared/model/network/architecture';
import { type DataSet, fingerprint } from '@glimpse/training/data/data-set';
import { ImageSet } from '@glimpse/training/data/image-set';
import type { Engine } from '@glimpse/training/engines/engine';
import { randomStream } from '@glimpse/training/engines/random';
import { saveCheckpoint } from '@glimpse/training/fit/checkpoint';
import { fit } from '@glimpse/training/fit/fit';
import { settingsSchema } from '@glimpse/training/fit/settings';
import { RunFolder } from '@glimpse/training/run/run-folder';
import type { TrainedNetwork } from './networks.ts';

const STARTED_AT = '2026-11-25T03:00:00.000Z';
const ENDED_AT = '2026-11-25T03:01:00.000Z';
const [TRAIN, TEST] = [72, 24];
/** Three epochs of three steps. The last batch of an epoch is smaller. */
const FEW_STEPS = { epochs: 3, batchSize: 32, optimizer: { name: 'adam', learningRate: 0.01 } } as const;

/** @returns a finished run in its own folder, as `glimpse train` writes it */
export async function trainNetwork(
  network: TrainedNetwork,
  { engine, parent }: { engine: Engine; parent: string },
): Promise<{ run: RunFolder; data: DataSet }> {
  const architecture = defineArchitecture(network.name, network.inputShape, network.layers);
  const data = brightAndDark(architecture, network.classes);
  const settings = settingsSchema.parse({ ...FEW_STEPS, ...network.settings });
  const input = contractOf(architecture);
  const run = await RunFolder.create(parent, {
    command: 'none: made by a test',
    startedAt: STARTED_AT,
    architecture,
    input,
    labels: data.labels,
    data: { name: data.name, fingerprint: fingerprint(data), train: TRAIN, test: TEST },
    settings,
  });
  await run.writeEnvironment({ engine, platform: 'test', revision: 'unknown' });
  const end = await fit({
    architecture,
    input,
    data,
    settings,
    engine,
    on: {
      step() {},
      epoch: ({ history }) => run.writeHistory(history),
      async checkpoint(checkpoint) {
        await saveCheckpoint(run.checkpointsPath, checkpoint);
      },
    },
  });
  await run.writeOutcome({ status: end, endedAt: ENDED_AT });
  return { run, data };
}

/** Noise whose mean depends on the class. The test set is also the validation set. */
function brightAndDark({ inputShape }: Architecture, classes: number): DataSet {
  const [height, width, channels] = inputShape as [number, number, number];
  const random = randomStream(1, 'bright and dark');
  const images = (count: number) => {
    const labels = Uint8Array.from({ length: count }, (_, i) => i % classes);
    const size = height * width * channels;
    const level = (i: number) => Math.floor((labels[Math.floor(i / size)]! * 128) / (classes - 1));
    return ImageSet.inMemory(
      Uint8Array.from({ length: count * size }, (_, i) => level(i) + (random() % 128)),
      labels,
    );
  };
  const test = images(TEST);
  return {
    name: 'bright-and-dark',
    shape: [height, width, channels],
    labels: Array.from({ length: classes }, (_, i) => `level ${i}`),
    train: images(TRAIN),
    validation: test,
    test,
  };
}

function contractOf({ inputShape }: Architecture): InputContract {
  const [height, width, channels] = inputShape as [number, number, 1 | 3];
  return {
    height,
    width,
    channels,
    fit: 'stretch',
    mean: [0.47, 0.5, 0.53].slice(0, channels),
    standardDeviation: [0.24, 0.25, 0.26].slice(0, channels),
  };
}
