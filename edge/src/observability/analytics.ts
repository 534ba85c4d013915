/**
 * One data point per classification in Cloudflare's Analytics Engine, so that versions can be compared: model, version,
 * channel, outcome, confidence, time. It never includes an image, a key, an address or anything else about the caller.
 */
import type { ProblemCode } from '@glimpse/shared/api/problems';

export interface Classification {
  /** The release that answered, or would have; undefined if there was none. */
  readonly release: { readonly model: string; readonly version: string; readonly channel: string | null } | undefined;
  readonly outcome: 'ok' | ProblemCode;
  /** The best score, 0-1; undefined if there is no answer. */
  readonly confidence: number | undefined;
  /** From the request to its answer. */
  readonly milliseconds: number;
}

/** Columns: index1 model; blob1 model, blob2 version, blob3 channel, blob4 outcome; double1 confidence, double2 ms. */
export function count(dataset: AnalyticsEngineDataset | undefined, classification: Classification): void {
  if (!dataset) return;
  const { release, outcome, confidence, milliseconds } = classification;
  // The names that the caller sent are not stored: only those of an existing release.
  const { model = '', version = '', channel = '' } = release ?? {};
  dataset.writeDataPoint({
    indexes: [model],
    blobs: [model, version, channel ?? '', outcome],
    doubles: [confidence ?? 0, milliseconds],
  });
}

/** The `Server-Timing` header (W3C): names and milliseconds. */
export function serverTiming(durations: Readonly<Record<string, number>>): string {
  return Object.entries(durations)
    .map(([name, duration]) => `${name};dur=${duration.toFixed(2)}`)
    .join(', ');
}
