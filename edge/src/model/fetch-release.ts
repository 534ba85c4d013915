/** A release from the store; where that does not answer, the copy that was kept of it, if it verifies. */

import { StoreError } from '@glimpse/shared/store/store-error';
import type { Copies } from '../store/copies.ts';
import type { Store } from '../store/store.ts';
import { loadRelease, type Release } from './load-release.ts';
import type { WaitUntil } from './single-flight.ts';
import type { Trust } from './trust.ts';

export interface ReleaseSource {
  readonly store: Store;
  readonly copies: Copies;
  readonly trust: Trust;
  /** Once for each attempt that fails. */
  readonly report: (what: string, error: unknown) => void;
}

/** A release does not change, so its copy counts long. */
const COPY_SECONDS = 7 * 24 * 3600;

/** @throws {ReleaseError} @throws {StoreError} as `loadRelease` */
export async function fetchRelease(
  { store, copies, trust, report }: ReleaseSource,
  model: string,
  version: string,
  keeper: WaitUntil,
): Promise<Release> {
  try {
    const release = await loadRelease(store, model, version, trust);
    for (const [key, object] of release.objects) keeper.waitUntil(copies.save(key, object, COPY_SECONDS));
    return release;
  } catch (error) {
    // What the store holds and is not right is never made up for by a copy: only a store that does not answer is.
    if (!(error instanceof StoreError) || error.code === 'object-too-large') throw error;
    const copy = await loadRelease(copies, model, version, trust).catch(() => undefined);
    if (!copy) throw error;
    report(`release ${model} ${version}, of which a copy is served`, error);
    return copy;
  }
}
