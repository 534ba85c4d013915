/** docs/benchmarks.json: the results of a benchmark run. */
import type { BundleFile } from './bundle.ts';
import type { ColdStarts } from './cold-start.ts';
import type { AccessResult } from './compare-access.ts';
import type { ImageResult } from './compare-decoders.ts';
import type { RequestsResult } from './compare-requests.ts';
import type { ContestantName } from './competitors/competitor.ts';
import type { Samples } from './measure.ts';

export interface InferenceResult {
  readonly host: 'workerd' | 'node';
  /** Images per call. */
  readonly images: number;
  /** Milliseconds per image, one value per round. */
  readonly samples: Samples<ContestantName>;
  /** The largest difference from our runner's probabilities. */
  readonly differences: Record<Exclude<ContestantName, 'glimpse'>, number>;
}

/** The provenance of results. */
export interface Provenance {
  readonly command: string;
  /** The start of the run, ISO 8601. */
  readonly date: string;
  readonly commit: string;
  readonly machine: {
    readonly processor: string;
    readonly cores: number;
    readonly memoryBytes: number;
    readonly system: string;
    /** One-minute load average at the start of the run, which shows the load of other programs. */
    readonly load: number;
  };
  readonly versions: Record<string, string>;
  readonly release: string;
}

/** A part that can be measured separately and has its own provenance. */
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

/** The project's performance aims. */
export const aims = {
  /** Maximum ratio of our time to the other's. */
  ratio: { 'tfjs-layers': 0.95, 'onnxruntime-web': 0.8 },
  /** Maximum ratio of our time to jSquash's, by image. */
  images: {
    'JPEG 12 MP, quality 75': 0.15,
    'JPEG 12 MP, quality 92': 0.19,
    'JPEG 640 x 480': 0.6,
  } as Partial<Record<string, number>>,
  /** Minimum ratio of our answers per second to the stock Worker's. */
  requests: { 'raw 32 x 32': 1, JPEG: 2 },
  /** Minimum ratio of answers per second with keys, rate limits and a quota to those without. */
  access: 0.95,
  /** Maximum KiB after gzip, without image codecs. */
  bundle: 320,
} as const;
