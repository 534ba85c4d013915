/** Which release a request is for: by its words and the channels of the model. */
import { RETRY_AFTER_SECONDS } from '@glimpse/shared/api/limits';
import { Problem } from '@glimpse/shared/api/problems';
import type { Channels } from '@glimpse/shared/release/channels';
import { ReleaseError } from '@glimpse/shared/release/release-error';

export interface Wanted {
  readonly model: string;
  /** Whether the caller named the model: then it is his fault when there is none. */
  readonly named: boolean;
  readonly version?: string | undefined;
  readonly channel?: string | undefined;
  /** What the caller is told from others by; without it, `stable` is what he gets who names neither of the two. */
  readonly caller?: string | undefined;
}

/**
 * @param channel null where the caller named a version
 * @returns the version @throws {Problem} version-unknown, model-unavailable
 */
export function resolve(
  { channels }: Channels,
  { model, version, channel: named }: Wanted,
  channel: string | null,
): string {
  const list = (names: string[]) => names.slice(0, 5).join(', ') || 'none';
  if (channel === null) {
    const served = [...new Set(Object.values(channels).map((entry) => entry.version))];
    if (version && served.includes(version)) return version;
    throw new Problem(
      'version-unknown',
      `No channel of ${model} serves the version ${version}; served are ${list(served)}.`,
    );
  }
  // Own properties only: `constructor` is a name as well.
  if (Object.hasOwn(channels, channel)) return channels[channel]!.version;
  const detail = `${model} has no channel ${channel}; it has ${list(Object.keys(channels))}.`;
  if (named) throw new Problem('version-unknown', detail);
  throw new Problem('model-unavailable', `${detail} Publish to ${channel}, or name a channel.`, {
    retryAfter: RETRY_AFTER_SECONDS,
  });
}

/** A model that is not there is the caller's mistake where he named it, and the owner's where it is the default. */
export function explainMissing(error: unknown, { model, named }: Wanted): unknown {
  if (!isMissing(error)) return error;
  if (named) return new Problem('model-unknown', `There is no model ${model}; GET /v1/models lists what there is.`);
  return new Problem(
    'model-unavailable',
    `The store holds no release of the default model ${model}; publish one: npx glimpse publish RUN --model ${model} --to …`,
    { retryAfter: RETRY_AFTER_SECONDS, cause: error },
  );
}

export function isMissing(error: unknown): boolean {
  return error instanceof ReleaseError && error.code === 'release-missing';
}
