/** docs/benchmarks.json: what a run of the bench measured, unrounded where it matters. */
import type { BundleFile } from './bundle.ts';
import type { ColdStarts } from './cold-start.ts';
import type { AccessResult } from './compare-access.ts';
import type { ImageResult } from './compare-decoders.ts';
import type { RequestsResult } from './compare-requests.ts';
import type { ContestantName } from './competitors/competitor.ts';
import type { Samples } from './measure.ts';

export interface InferenceResult {
  readonly host: 'workerd' | 'node';
  /** In one call. */
  readonly images: number;
  /** Milliseconds an image, one figure a round. */
  readonly samples: Samples<ContestantName>;
  /** The largest difference of a probability from our runner's. */
  readonly differences: Record<Exclude<ContestantName, 'glimpse'>, number>;
}

/** Where figures come from. */
export interface Provenance {
  readonly command: string;
  /** ISO 8601, when the run began. */
  readonly date: string;
  readonly commit: string;
  readonly machine: {
    readonly processor: string;
    readonly cores: number;
    readonly memoryBytes: number;
    readonly system: string;
    /** One-minute load average when the run began: what else the machine was doing. */
    readonly load: number;
  };
  readonly versions: Record<string, string>;
  readonly release: string;
}

/** A part that may be measured by itself, and then says where it comes from. */
export interface Requests {
  readonly from: Provenance;
  readonly compared: readonly RequestsResult[];
  readonly access: readonly AccessResult[];
}

export interface Results extends Provenance {
  readonly inference: readonly InferenceResult[];
  readonly images: readonly ImageResult[];
  readonly requests: Requests;
  readonly coldStarts: ColdStarts;
  readonly bundles: {
    readonly glimpse: readonly BundleFile[];
    readonly 'tfjs, complete': readonly BundleFile[];
    readonly 'onnxruntime-web': readonly BundleFile[];
  };
}

/** The figures that the project aims at, at most. */
export const aims = {
  /** Our time over the other's, round by round. */
  ratio: { 'tfjs-layers': 0.95, 'onnxruntime-web': 0.8 },
  /** Our time over jSquash's, by image. */
  images: {
    'JPEG 12 MP, quality 75': 0.15,
    'JPEG 12 MP, quality 92': 0.19,
    'JPEG 640 x 480': 0.6,
  } as Partial<Record<string, number>>,
  /** Our answers a second over the stock Worker's, at least. */
  requests: { 'raw 32 x 32': 1, JPEG: 2 },
  /** Answers a second with keys, limits and a quota over those without, at least. */
  access: 0.95,
  /** KiB after gzip, without image codecs. */
  bundle: 320,
} as const;
