/**
 * What the endpoint answers, as TypeScript sees it. The same as the schemas that the endpoint validates with: a test
 * compares the types.
 */

/** `rgb8` and `grey8` are raw pixels. A newer endpoint may accept formats that this list does not name yet. */
export type ImageFormat = 'jpeg' | 'png' | 'webp' | 'gif' | 'rgb8' | 'grey8' | (string & {});

export interface Prediction {
  readonly label: string;
  /** Place in the release's list of labels. */
  readonly index: number;
  /** Probability, 0-1. */
  readonly score: number;
}

export interface Classification {
  /** Names the answer, in the log and for feedback. */
  readonly id: string;
  readonly model: {
    readonly name: string;
    readonly version: string;
    /** Null where a version was asked for. */
    readonly channel: string | null;
  };
  /** Best first. */
  readonly predictions: readonly Prediction[];
  /** Whether the best score is below the release's threshold; only where it has one. */
  readonly uncertain?: boolean | undefined;
  /** Format and upright size of what was sent. */
  readonly image: {
    readonly format: ImageFormat;
    readonly width: number;
    readonly height: number;
  };
}

/** RFC 9457 problem details. */
export interface ProblemDocument {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  /** What was wrong with the request, and what to do. */
  readonly detail: string;
  /** Stable. */
  readonly code: string;
  readonly [extension: string]: unknown;
}

export interface Channel {
  readonly version: string;
  /** Of the callers who name neither channel nor version. */
  readonly percent?: number | undefined;
}

export interface ModelSummary {
  readonly name: string;
  readonly channels: Readonly<Record<string, Channel>>;
}

export interface ModelList {
  readonly models: readonly ModelSummary[];
  /** The model that answers where a request names none. */
  readonly default: string;
}

/** What a model eats: pixels / 255, less `mean`, by `standardDeviation`. */
export interface InputContract {
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  /** The whole image, or its center in the model's own shape. */
  readonly fit: 'stretch' | 'cover';
}

export interface ModelDescription extends ModelSummary {
  /** Of the channel `stable`; null where there is none. */
  readonly release: {
    readonly version: string;
    readonly labels: readonly string[];
    readonly input: InputContract;
    readonly [member: string]: unknown;
  } | null;
}
