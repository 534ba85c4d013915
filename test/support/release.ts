/** A release for tests: real in every respect, except that its weights come from a seed instead of training. */

import { type InputContract, unnormalized } from '@glimpse/shared/image/input-contract';
import { cifar10Small } from '@glimpse/shared/model/architectures/cifar10-small';
import { cifar10Labels } from '@glimpse/shared/model/labels/cifar10';
import { type Architecture, networkSize } from '@glimpse/shared/model/network/architecture';
import {
  type StoredWeight,
  storedAsFloat32,
  type Weights,
  writeModelFile,
} from '@glimpse/shared/model/network/model-file';
import { shard } from '@glimpse/shared/model/network/shards';
import { type Channels, moveChannel, writeChannels } from '@glimpse/shared/release/channels';
import { listFiles } from '@glimpse/shared/release/files';
import { FORMAT_VERSION, type Manifest, RUNNER_VERSION, writeManifest } from '@glimpse/shared/release/manifest';
import { objectKeys } from '@glimpse/shared/release/names';
import { versionOf } from '@glimpse/shared/release/version';
import { testWeights } from './weights.ts';

export const testInput = inputOf(cifar10Small);

export interface TestRelease {
  readonly manifest: Manifest;
  readonly version: string;
  /** By path. */
  readonly files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
  /** By key, in publishing order, without channels.json. */
  readonly objects: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
}

export interface TestReleaseOptions {
  readonly model?: string;
  /** Each seed gives its own weights, and so its own version and answers. */
  readonly seed?: number;
  readonly architecture?: Architecture;
  /** Maximum bytes of a weight file; a single file if absent. */
  readonly shardBytes?: number;
  /** How the weights are stored; float32 if absent. */
  readonly store?: (weights: Weights) => readonly StoredWeight[];
  readonly change?: Partial<Manifest>;
}

export async function testRelease(options: TestReleaseOptions = {}): Promise<TestRelease> {
  const { model = 'cifar10', seed = 1, architecture = cifar10Small, shardBytes = Number.POSITIVE_INFINITY } = options;
  const { store = (all: Weights) => [...all].map(([name, weight]) => storedAsFloat32(name, weight)) } = options;
  const weights = store(testWeights(architecture, seed));
  const { modelJson, weightFiles } = shard(writeModelFile(architecture, weights), shardBytes);
  const files = new Map([['model.json', new TextEncoder().encode(modelJson)], ...weightFiles]);
  const { outputs, ...size } = networkSize(architecture);
  const endedAt = '2026-01-02T03:04:05.000Z';
  const labels = outputs === 10 ? [...cifar10Labels] : Array.from({ length: outputs }, (_, index) => `class ${index}`);
  const content = { files: await listFiles(files), labels, input: inputOf(architecture), ...options.change };
  const metrics = { pictures: 10_000, correct: 1000, accuracy: 0.1, loss: 2.3 };
  const manifest: Manifest = {
    formatVersion: FORMAT_VERSION,
    minimumRunner: RUNNER_VERSION,
    model,
    version: await versionOf(content, endedAt),
    architecture: { name: architecture.name, ...size },
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
    ...content,
  };
  const { version } = manifest;
  const objects = new Map([...files].map(([path, bytes]) => [objectKeys.file(model, version, path), bytes]));
  objects.set(objectKeys.manifest(model, version), new TextEncoder().encode(writeManifest(manifest)));
  return { manifest, version, files, objects };
}

/** channels.json that points each channel at a version. */
export function testChannels(versions: Record<string, string>): string {
  const moves = Object.entries(versions).map(([channel, to]) => ({
    time: '2026-01-02T03:05:00.000Z',
    actor: 'test',
    channel,
    to,
    reason: 'test',
  }));
  return writeChannels(moves.reduce<Channels | undefined>(moveChannel, undefined)!);
}

function inputOf({ inputShape }: Architecture): InputContract {
  const [height, width, channels] = inputShape as [number, number, 1 | 3];
  return unnormalized({ height, width, channels, fit: 'stretch' });
}
