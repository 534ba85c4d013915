/** A finished run of a small network on the test colors, which no command can load, as `glimpse train` leaves it. */
import { cifar10Small } from '@glimpse/shared/model/architectures/cifar10-small';
import { type DataSet, fingerprint } from '@glimpse/training/data/data-set';
import { startWasm } from '@glimpse/training/engines/wasm/start';
import { saveCheckpoint } from '@glimpse/training/fit/checkpoint';
import { fit } from '@glimpse/training/fit/fit';
import { settingsSchema } from '@glimpse/training/fit/settings';
import { RunFolder } from '@glimpse/training/run/run-folder';
import { testInput } from '../release.ts';
import { colorData } from './data.ts';

export interface TrainedRunOptions {
  readonly epochs: number;
  readonly seed?: number;
  /** ISO 8601, UTC: the run's name begins with it. */
  readonly startedAt?: string;
  readonly labels?: readonly string[];
}

export async function trainedRun(
  parent: string,
  { epochs, seed = 1, startedAt = '2026-11-25T03:00:00.000Z', labels }: TrainedRunOptions,
): Promise<{ run: RunFolder; data: DataSet }> {
  const colors = colorData();
  const data = { ...colors, labels: labels ?? colors.labels };
  const settings = settingsSchema.parse({
    epochs,
    batchSize: 64,
    optimizer: { name: 'rmsprop', learningRate: 0.01 },
    seed,
  });
  const engine = await startWasm();
  const run = await RunFolder.create(parent, {
    command: `glimpse train --arch cifar10-small --epochs ${epochs}`,
    startedAt,
    architecture: cifar10Small,
    input: testInput,
    labels: data.labels,
    data: { name: 'colors', fingerprint: fingerprint(data), train: data.train.count, test: data.test.count },
    settings,
  });
  await run.writeEnvironment({ engine, platform: 'test', revision: 'unknown' });
  await fit({
    architecture: cifar10Small,
    input: testInput,
    data,
    settings,
    engine,
    on: {
      step() {},
      async epoch({ history }) {
        await run.writeHistory(history);
      },
      async checkpoint(checkpoint) {
        await saveCheckpoint(run.checkpointsPath, checkpoint);
      },
    },
  });
  await run.writeOutcome({ status: 'finished', endedAt: new Date(Date.parse(startedAt) + 90_000).toISOString() });
  return { run, data };
}
