/** A release for tests: a real one in every respect, but that its weights come from a seed and not from training. */
import { type Architecture } from '@glimpse/shared/model/network/architecture';
import { type StoredWeight, type Weights } from '@glimpse/shared/model/network/model-file';
import { type Manifest } from '@glimpse/shared/release/manifest';
export declare const testInput: {
  height: number;
  width: number;
  channels: 1 | 3;
  fit: 'cover' | 'stretch';
  mean: number[];
  standardDeviation: number[];
};
export interface TestRelease {
  readonly manifest: Manifest;
  readonly version: string;
  /** By path. */
  readonly files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
  /** By key, in the order in which they are published; channels.json is not among them. */
  readonly objects: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
}
export interface TestReleaseOptions {
  readonly model?: string;
  /** Other seeds give other weights, and so other versions and other answers. */
  readonly seed?: number;
  readonly architecture?: Architecture;
  /** Most bytes of a weight file; one file where it is absent. */
  readonly shardBytes?: number;
  /** How the weights are stored; as float32 where it is absent. */
  readonly store?: (weights: Weights) => readonly StoredWeight[];
  readonly change?: Partial<Manifest>;
}
export declare function testRelease(options?: TestReleaseOptions): Promise<TestRelease>;
/** channels.json with each channel at a version. */
export declare function testChannels(versions: Record<string, string>): string;
