/** Facts about a request, collected for its log line while it is answered. */
import type { ProblemCode } from '@glimpse/shared/api/problems';
import type { ModelLease } from '../model/served-model.ts';

export interface RequestNotes {
  /** By `performance.now()`. */
  readonly arrivedAt: number;
  /** The pattern of the route that matched. Never the path itself, which can hold the signed id of an answer. */
  route?: string;
  /** Size of the body. */
  bytes?: number;
  /** The release that answers, or would have answered. */
  release?: { readonly model: string; readonly version: string; readonly channel: string | null };
  /** `cold`: the network was loaded while this request waited. */
  network?: 'cold' | 'warm';
  /** Milliseconds for all images of the request. */
  timing?: { readonly decode: number; readonly infer: number };
  /** Best score of the first classified image, 0-1. */
  confidence?: number;
  /** Why the request was refused. */
  code?: ProblemCode | undefined;
  /** The id of the key, as `glimpse keys list` shows it. Never its text. */
  key?: string;
}

/** Call it as soon as the release is selected. */
export function noteRelease(notes: RequestNotes, { manifest, channel, builtAt }: ModelLease): void {
  notes.release = { model: manifest.model, version: manifest.version, channel };
  notes.network = builtAt > notes.arrivedAt ? 'cold' : 'warm';
}
