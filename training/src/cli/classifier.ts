/** RUN or RELEASE on the command line → a classifier on the Worker's backend. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Network } from '@glimpse/shared/network/network';
import { useWasmBackend } from '@glimpse/shared/node/tfjs-wasm';
import type { InputContract } from '@glimpse/shared/picture/input-contract';
import { Classifier } from '@glimpse/shared/release/classifier';
import type { DataRecord } from '../data/data-record.ts';
import { readReleaseFolder } from '../release/release-folder.ts';
import { RunFolder } from '../run/run-folder.ts';
import { assertScorePerLabel } from '../run/score-per-label.ts';
import { TrainingError } from '../training-error.ts';

export interface OpenedClassifier {
  readonly classifier: Classifier;
  readonly input: InputContract;
  readonly labels: readonly string[];
  /** The data that it was trained on. A release does not say where they are. */
  readonly data: DataRecord;
  readonly description: string;
}

/** @param folder a run's (its float weights are taken) or a release's */
export async function openClassifier(folder: string): Promise<OpenedClassifier> {
  await useWasmBackend();
  if (existsSync(join(folder, 'release.json'))) {
    const { manifest, files } = await readReleaseFolder(folder);
    return {
      classifier: Classifier.fromRelease(manifest, files),
      input: manifest.input,
      labels: manifest.labels,
      data: manifest.data,
      description: `release ${manifest.version} (${manifest.quantization})`,
    };
  }
  if (!existsSync(join(folder, 'config.json'))) {
    throw new TrainingError('run-invalid', `${folder} is neither a run (config.json) nor a release (release.json).`);
  }
  const run = await RunFolder.open(folder);
  const { weights, position } = await run.resultCheckpoint();
  assertScorePerLabel(run.config);
  const { architecture, input, labels, data } = run.config;
  return {
    classifier: new Classifier(new Network(architecture, weights), input),
    input,
    labels,
    data,
    description: `run ${run.id} after ${position.epoch} epochs (float32)`,
  };
}
