/**
 * What is counted of each classification, in Cloudflare's Analytics Engine, so that two versions can be compared: model,
 * version, channel, outcome, confidence, time. Never an image, a key, an address or anything else of the caller.
 */
import type { ProblemCode } from '@glimpse/shared/api/problems';

export interface Classification {
  /** Of the release that answered, or would have; undefined where there was none. */
  readonly release: { readonly model: string; readonly version: string; readonly channel: string | null } | undefined;
  readonly outcome: 'ok' | ProblemCode;
  /** The best score, 0-1; undefined where there is no answer. */
  readonly confidence: number | undefined;
  /** From the request to its answer. */
  readonly milliseconds: number;
}

/** Columns: index1 model; blob1 model, blob2 version, blob3 channel, blob4 outcome; double1 confidence, double2 ms. */
export function count(dataset: AnalyticsEngineDataset | undefined, classification: Classification): void {
  if (!dataset) return;
  const { release, outcome, confidence, milliseconds } = classification;
  // Names that a caller made up are not written down.
  const { model = '', version = '', channel = '' } = release ?? {};
  dataset.writeDataPoint({
    indexes: [model],
    blobs: [model, version, channel ?? '', outcome],
    doubles: [confidence ?? 0, milliseconds],
  });
}
