/** Opens a path from the command line, which is a run or a release. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { InputContract } from '@glimpse/shared/image/input-contract';
import type { Architecture } from '@glimpse/shared/model/network/architecture';
import { readModelFile, readWeights, type Weights } from '@glimpse/shared/model/network/model-file';
import { type Release, readReleaseFolder } from '../publish/release-folder.ts';
import { TrainingError } from '../training-error.ts';
import { RunFolder } from './run-folder.ts';

/** @throws {TrainingError} `run-invalid` if the folder is neither */
export async function openRunOrRelease(folder: string): Promise<RunFolder | Release> {
  if (existsSync(join(folder, 'release.json'))) return readReleaseFolder(folder);
  if (existsSync(join(folder, 'config.json'))) return RunFolder.open(folder);
  throw new TrainingError('run-invalid', `${folder} is neither a run (config.json) nor a release (release.json).`);
}

/** A network and its float32 weights, which are dequantized if they come from a release. */
export interface SavedModel {
  readonly architecture: Architecture;
  readonly weights: Weights;
  readonly input: InputContract;
  readonly labels: readonly string[];
  /** For messages: `run …` or `release …`. */
  readonly description: string;
}

/** @param source a run is loaded from its result checkpoint */
export async function loadModel(source: RunFolder | Release): Promise<SavedModel> {
  if (source instanceof RunFolder) {
    const { weights } = await source.resultCheckpoint();
    const { architecture, input, labels } = source.config;
    return { architecture, weights, input, labels, description: `run ${source.id}` };
  }
  const { manifest, files } = source;
  const file = readModelFile(new TextDecoder().decode(files.get('model.json')));
  const { input, labels, version } = manifest;
  return {
    architecture: file.architecture,
    weights: readWeights(file, files),
    input,
    labels,
    description: `release ${version}`,
  };
}
