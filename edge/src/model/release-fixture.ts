/** A release for tests: a real one in every respect, but that its weights come from a seed and not from training. */
import { cifar10Small } from '@glimpse/shared/architectures/cifar10-small';
import { cifar10Labels } from '@glimpse/shared/labels/cifar10';
import { type Architecture, elements, networkSize, place, weightName } from '@glimpse/shared/network/architecture';
import { writeModelFile } from '@glimpse/shared/network/model-file';
import type { Channels } from '@glimpse/shared/release/channels';
import { moveChannel, writeChannels } from '@glimpse/shared/release/channels';
import { FORMAT_VERSION, type Manifest, RUNNER_VERSION, writeManifest } from '@glimpse/shared/release/manifest';
import { objectKeys } from '@glimpse/shared/release/names';
import { sha256 } from '@glimpse/shared/release/sha256';
import { versionOf } from '@glimpse/shared/release/version';

export interface ReleaseFixture {
  readonly manifest: Manifest;
  readonly version: string;
  /** By key, in the order in which they are published; channels.json is not among them. */
  readonly objects: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
}

export interface FixtureOptions {
  readonly model?: string;
  /** Other seeds give other weights, and so other versions and other answers. */
  readonly seed?: number;
  readonly architecture?: Architecture;
  readonly change?: Partial<Manifest>;
}

export async function releaseFixture(options: FixtureOptions = {}): Promise<ReleaseFixture> {
  const { model = 'cifar10', seed = 1, architecture = cifar10Small, change = {} } = options;
  const random = generator(seed);
  const { modelJson, weightsBin } = writeModelFile(
    architecture,
    place(architecture).flatMap(({ layer, weights }) =>
      weights.map((weight) => ({
        entry: {
          name: weightName(layer, weight),
          shape: [...weight.shape],
          dtype: 'float32' as const,
          quantization: { dtype: 'uint8' as const, scale: 1 / 256, min: -0.5 },
        },
        bytes: Uint8Array.from({ length: elements(weight.shape) }, () => random() * 256),
      })),
    ),
  );
  const contents = [
    ['model.json', encode(modelJson)],
    ['weights.bin', weightsBin],
  ] as const;
  const { outputs, ...size } = networkSize(architecture);
  const [height, width, channels] = architecture.inputShape as [number, number, 1 | 3];
  const metrics = { pictures: 100, correct: 10, accuracy: 0.1, loss: 2.3 };
  const endedAt = '2026-11-25T03:12:45.000Z';
  const content = {
    files: await Promise.all(
      contents.map(async ([path, bytes]) => ({ path, size: bytes.length, sha256: await sha256(bytes) })),
    ),
    labels: outputs === 10 ? [...cifar10Labels] : Array.from({ length: outputs }, (_, index) => `class ${index}`),
    input: {
      height,
      width,
      channels,
      fit: 'stretch' as const,
      mean: Array<number>(channels).fill(0),
      standardDeviation: Array<number>(channels).fill(1),
    },
    ...change,
  };
  const manifest: Manifest = {
    formatVersion: FORMAT_VERSION,
    minimumRunner: RUNNER_VERSION,
    model,
    version: await versionOf(content, endedAt),
    architecture: { name: architecture.name, ...size },
    data: { name: 'none', fingerprint: '0'.repeat(64), train: 0, test: 100 },
    run: {
      id: `fixture-${seed}`,
      command: 'none',
      seed,
      epochs: 0,
      engine: { name: 'none', device: 'cpu', deviceName: 'none', threads: 1, versions: {} },
      revision: 'none',
      startedAt: endedAt,
      endedAt,
    },
    quantization: 'uint8',
    metrics: { float: metrics, quantized: metrics },
    ...content,
  };
  const { version } = manifest;
  return {
    manifest,
    version,
    objects: new Map<string, Uint8Array<ArrayBuffer>>([
      ...contents.map(([path, bytes]) => [objectKeys.file(model, version, path), bytes] as const),
      [objectKeys.manifest(model, version), encode(writeManifest(manifest))],
    ]),
  };
}

/** channels.json with each channel at a version. */
export function channelsFixture(versions: Record<string, string>): string {
  const moves = Object.entries(versions).map(([channel, to]) => ({
    time: '2026-11-25T03:13:00.000Z',
    actor: 'test',
    channel,
    to,
    reason: 'test',
  }));
  return writeChannels(moves.reduce<Channels | undefined>(moveChannel, undefined)!);
}

function encode(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(new TextEncoder().encode(text));
}

/** Mulberry32: the same numbers for the same seed, in [0, 1). */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
