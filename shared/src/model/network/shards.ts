/**
 * A model's weights in several files. tfjs joins them in the order of `paths`, regardless of their names: a list that was
 * sorted as text (10, 11, 1, 2 …) loads without an error and gives wrong answers (tensorflow/tfjs#7844). So the names here
 * sort the same as text and as numbers, and a list that contradicts the numbers in its names is refused.
 */
import { NetworkError } from './network-error.ts';

export interface ShardedModel {
  readonly modelJson: string;
  /** In the order in which they are joined. */
  readonly weightFiles: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
}

/**
 * @param model from `writeModelFile`
 * @param shardBytes maximum size of a weight file
 */
export function shard(
  { modelJson, weightsBin }: { modelJson: string; weightsBin: Uint8Array<ArrayBuffer> },
  shardBytes: number,
): ShardedModel {
  const count = Math.ceil(weightsBin.length / shardBytes);
  if (count <= 1) return { modelJson, weightFiles: new Map([['weights.bin', weightsBin]]) };
  const digits = String(count).length;
  const weightFiles = new Map(
    Array.from({ length: count }, (_, i) => [
      `weights-${String(i + 1).padStart(digits, '0')}-of-${count}.bin`,
      weightsBin.slice(i * shardBytes, (i + 1) * shardBytes),
    ]),
  );
  const json = JSON.parse(modelJson);
  json.weightsManifest[0].paths = [...weightFiles.keys()];
  return { modelJson: `${JSON.stringify(json)}\n`, weightFiles };
}

/**
 * @param paths of one group of weights
 * @throws {NetworkError} `network-invalid` if numbered shards, ours or those of tfjs' converters (`group1-shard1of12.bin`),
 * are out of order or incomplete
 */
export function assertShardOrder(paths: readonly string[]): void {
  for (const [index, path] of paths.entries()) {
    const [, number, count] = /(\d+)-?of-?(\d+)(?:\.bin)?$/.exec(path) ?? [];
    if (number !== undefined && (Number(number) !== index + 1 || Number(count) !== paths.length)) {
      throw new NetworkError(
        'network-invalid',
        `model.json lists the weight file ${path} as number ${index + 1} of ${paths.length}, so its weights would go to the wrong layers.`,
      );
    }
  }
}
