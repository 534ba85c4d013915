/** A run or a release → a classifier on the Worker's backend. */

import type { InputContract } from '@glimpse/shared/image/input-contract';
import { Network } from '@glimpse/shared/model/network/network';
import { useWasmBackend } from '@glimpse/shared/model/runtime/node-wasm-backend';
import { Classifier } from '@glimpse/shared/release/classifier';
import type { DataRecord } from '../data/data-record.ts';
import { RunFolder } from '../run/run-folder.ts';
import { openRunOrRelease } from '../run/saved-model.ts';
import { assertScorePerLabel } from '../run/score-per-label.ts';

export interface OpenedClassifier {
  readonly classifier: Classifier;
  readonly input: InputContract;
  readonly labels: readonly string[];
  /** The data that it was trained on. A release does not record where it is. */
  readonly data: DataRecord;
  readonly description: string;
}

/** @param folder a run (its float weights are used) or a release */
export async function openClassifier(folder: string): Promise<OpenedClassifier> {
  await useWasmBackend();
  const source = await openRunOrRelease(folder);
  if (!(source instanceof RunFolder)) {
    const { manifest, files } = source;
    return {
      classifier: Classifier.fromRelease(manifest, files),
      input: manifest.input,
      labels: manifest.labels,
      data: manifest.data,
      description: `release ${manifest.version} (${manifest.quantization})`,
    };
  }
  const { weights, position } = await source.resultCheckpoint();
  assertScorePerLabel(source.config);
  const { architecture, input, labels, data } = source.config;
  return {
    classifier: new Classifier(new Network(architecture, weights), input),
    input,
    labels,
    data,
    description: `run ${source.id} after ${position.epoch} epochs (float32)`,
  };
}
