/** A loaded release: the only path from 8-bit pixels to probabilities, used by the edge and the trainer. */

import type { InputContract } from '../image/input-contract.ts';
import { normalize } from '../image/tensor.ts';
import { readModelFile } from '../model/network/model-file.ts';
import { Network } from '../model/network/network.ts';
import { atTemperature } from '../model/network/predictions.ts';
import { verifyWeightFiles } from './files.ts';
import type { Manifest } from './manifest.ts';
import { ReleaseError } from './release-error.ts';

export class Classifier {
  readonly #network: Network;
  readonly #input: InputContract;
  readonly #temperature: number;

  constructor(network: Network, input: InputContract, temperature = 1) {
    this.#network = network;
    this.#input = input;
    this.#temperature = temperature;
  }

  /**
   * Uploads the network to the current tfjs backend.
   *
   * @param files by path, already verified against the manifest
   * @throws {NetworkError} if the model is not supported or invalid
   * @throws {ReleaseError} `release-malformed` if the network does not match the manifest's files, input or labels
   */
  static fromRelease(manifest: Manifest, files: ReadonlyMap<string, Uint8Array>): Classifier {
    const model = readModelFile(new TextDecoder().decode(files.get('model.json')));
    verifyWeightFiles(manifest, model);
    const { height, width, channels } = manifest.input;
    if (String(model.architecture.inputShape) !== String([height, width, channels])) {
      throw new ReleaseError(
        'release-malformed',
        `The network's input is [${model.architecture.inputShape}], but the release's input contract is [${[height, width, channels]}].`,
      );
    }
    const network = Network.fromFiles(model, files);
    if (network.outputs !== manifest.labels.length) {
      network.dispose();
      throw new ReleaseError(
        'release-malformed',
        `The network has ${network.outputs} outputs, but the release has ${manifest.labels.length} labels.`,
      );
    }
    return new Classifier(network, manifest.input, manifest.calibration?.temperature);
  }

  /**
   * @param pixels [n, height, width, channels] of the input contract, 0-255
   * @returns [n, classes] probabilities
   */
  classify(pixels: Uint8Array): Float32Array {
    return this.classifyTensor(normalize(pixels, this.#input));
  }

  /**
   * @param values [n, height, width, channels], normalized by the input contract
   * @returns [n, classes] probabilities
   */
  classifyTensor(values: Float32Array): Float32Array {
    const probabilities = this.#network.predict(values);
    if (this.#temperature === 1) return probabilities;
    const classes = this.#network.outputs;
    for (let from = 0; from < probabilities.length; from += classes) {
      probabilities.set(atTemperature(probabilities.slice(from, from + classes), this.#temperature), from);
    }
    return probabilities;
  }

  dispose(): void {
    this.#network.dispose();
  }
}
