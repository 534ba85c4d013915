/** A model on disk, float weights in hand: a run's result or a release. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Architecture } from '@glimpse/shared/network/architecture';
import { readModelFile, readWeights, type Weights } from '@glimpse/shared/network/model-file';
import type { InputContract } from '@glimpse/shared/picture/input-contract';
import { readReleaseFolder } from '../release/release-folder.ts';
import { TrainingError } from '../training-error.ts';
import { RunFolder } from './run-folder.ts';

export interface SavedModel {
  readonly architecture: Architecture;
  readonly weights: Weights;
  readonly input: InputContract;
  readonly labels: readonly string[];
  /** For people: `run …` or `release …`. */
  readonly description: string;
}

/** @throws {TrainingError} `run-invalid` where the folder is neither a run nor a release */
export async function openSavedModel(folder: string): Promise<SavedModel> {
  if (existsSync(join(folder, 'release.json'))) {
    const { manifest, files } = await readReleaseFolder(folder);
    const file = readModelFile(new TextDecoder().decode(files.get('model.json')));
    const { input, labels, version } = manifest;
    const weights = readWeights(file, files);
    return { architecture: file.architecture, weights, input, labels, description: `release ${version}` };
  }
  if (!existsSync(join(folder, 'config.json'))) {
    throw new TrainingError('run-invalid', `${folder} is neither a run (config.json) nor a release (release.json).`);
  }
  const run = await RunFolder.open(folder);
  const { weights } = await run.resultCheckpoint();
  const { architecture, input, labels } = run.config;
  return { architecture, weights, input, labels, description: `run ${run.id}` };
}
