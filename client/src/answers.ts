/** The endpoint's answers as plain types. answers.test.ts checks them against the endpoint's own schemas. */

/** `rgb8` and `grey8` are raw pixels. A newer endpoint may accept more formats. */
export type ImageFormat = 'jpeg' | 'png' | 'webp' | 'gif' | 'rgb8' | 'grey8' | (string & {});

export interface Prediction {
  readonly label: string;
  /** Index in the release's list of labels. */
  readonly index: number;
  /** Probability, 0-1. */
  readonly score: number;
}

export interface Classification {
  /** Identifies the answer in the log and for feedback. */
  readonly id: string;
  readonly model: {
    readonly name: string;
    readonly version: string;
    /** Null if the request named a version. */
    readonly channel: string | null;
  };
  /** Best first. */
  readonly predictions: readonly Prediction[];
  /** Whether the best score is below the release's threshold; absent if it has none. */
  readonly uncertain?: boolean | undefined;
  /** Format and upright size of the image that was sent. */
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
  /** Share of the callers that name neither channel nor version. */
  readonly percent?: number | undefined;
}

export interface ModelSummary {
  readonly name: string;
  readonly channels: Readonly<Record<string, Channel>>;
}

export interface ModelList {
  readonly models: readonly ModelSummary[];
  /** The model that answers if a request names none. */
  readonly default: string;
}

/** The input of a model. The endpoint computes (pixels / 255 - mean) / standardDeviation. */
export interface InputContract {
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  /** The whole image, or its center in the aspect ratio of the input. */
  readonly fit: 'stretch' | 'cover';
}

export interface ModelDescription extends ModelSummary {
  /** The release of the channel `stable`; null if there is none. */
  readonly release: {
    readonly version: string;
    readonly labels: readonly string[];
    readonly input: InputContract;
    readonly [member: string]: unknown;
  } | null;
}
