/** What is noted of a request while it is answered, for its log line. */
import type { ProblemCode } from '@glimpse/shared/api/problems';
import type { ModelLease } from '../model/served-model.ts';

export interface RequestNotes {
  /** By `performance.now()`. */
  readonly arrivedAt: number;
  /** Of the body. */
  bytes?: number;
  /** Which release answers, or would have. */
  release?: { readonly model: string; readonly version: string; readonly channel: string | null };
  /** `cold`: the network was loaded while this request waited. */
  network?: 'cold' | 'warm';
  /** Milliseconds, of all images of the request. */
  timing?: { readonly decode: number; readonly infer: number };
  /** Why it was refused. */
  code?: ProblemCode | undefined;
  /** The id of the key that was sent, where there is such a key: what `glimpse keys list` shows, never its text. */
  key?: string;
}

/** To be called as soon as it is known which release answers. */
export function noteRelease(notes: RequestNotes, { manifest, channel, builtAt }: ModelLease): void {
  notes.release = { model: manifest.model, version: manifest.version, channel };
  notes.network = builtAt > notes.arrivedAt ? 'cold' : 'warm';
}
