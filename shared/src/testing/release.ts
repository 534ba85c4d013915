/** A whole small release for tests, with weights that `seed` decides. */
import { cifar10Small } from '../architectures/cifar10-small.ts';
import { cifar10Labels } from '../labels/cifar10.ts';
import { networkSize } from '../network/architecture.ts';
import { writeModelFile } from '../network/model-file.ts';
import type { InputContract } from '../picture/input-contract.ts';
import { FORMAT_VERSION, type Manifest, RUNNER_VERSION } from '../release/manifest.ts';
import { sha256 } from '../release/sha256.ts';
import { versionOf } from '../release/version.ts';
import { testWeights } from './weights.ts';

export const testInput: InputContract = {
  height: 32,
  width: 32,
  channels: 3,
  fit: 'stretch',
  mean: [0, 0, 0],
  standardDeviation: [1, 1, 1],
};

export async function testRelease(
  seed = 1,
  model = 'cifar10',
): Promise<{ manifest: Manifest; files: Map<string, Uint8Array<ArrayBuffer>> }> {
  const weights = [...testWeights(cifar10Small, seed)].map(([name, { shape, values }]) => ({
    entry: { name, shape: [...shape], dtype: 'float32' as const },
    bytes: new Uint8Array(values.slice().buffer),
  }));
  const { modelJson, weightsBin } = writeModelFile(cifar10Small, weights);
  const files = new Map([
    ['model.json', new TextEncoder().encode(modelJson)],
    ['weights.bin', weightsBin],
  ]);
  const listed = [];
  for (const [path, bytes] of files) listed.push({ path, size: bytes.length, sha256: await sha256(bytes) });
  const endedAt = '2026-01-02T03:04:05.000Z';
  const content = { files: listed, labels: [...cifar10Labels], input: testInput };
  const { parameters, multiplyAdds } = networkSize(cifar10Small);
  const metrics = { pictures: 10_000, correct: 1000, accuracy: 0.1, loss: 2.3 };
  const manifest: Manifest = {
    formatVersion: FORMAT_VERSION,
    minimumRunner: RUNNER_VERSION,
    model,
    version: await versionOf(content, endedAt),
    ...content,
    architecture: { name: cifar10Small.name, parameters, multiplyAdds },
    data: { name: 'cifar10', fingerprint: '0'.repeat(64), train: 50_000, test: 10_000 },
    run: {
      id: `test-${seed}`,
      command: 'none: made by a test',
      seed,
      epochs: 0,
      engine: { name: 'none', device: 'cpu', deviceName: 'none', threads: 1, versions: {} },
      revision: 'unknown',
      startedAt: '2026-01-02T03:00:00.000Z',
      endedAt,
    },
    quantization: 'uint8',
    metrics: { float: metrics, quantized: metrics },
    files: listed,
  };
  return { manifest, files };
}
