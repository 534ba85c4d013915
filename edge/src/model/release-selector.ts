/** Which release should answer a request: what the caller asks for, resolved with the model's channels. */
import { RETRY_AFTER_SECONDS } from '@glimpse/shared/api/limits';
import { Problem } from '@glimpse/shared/api/problems';
import { type Channels, DEFAULT_CHANNEL } from '@glimpse/shared/release/channels';
import { ReleaseError } from '@glimpse/shared/release/release-error';

export interface ReleaseSelector {
  /** Default: the Worker's `DEFAULT_MODEL`. */
  readonly model?: string | undefined;
  /** Excludes `channel`. */
  readonly version?: string | undefined;
  /** Default: `stable`, or `canary` for its share of the callers. */
  readonly channel?: string | undefined;
  /** Identifies the caller, so that a canary always gets the same ones. Without it, only `channel` selects a canary. */
  readonly caller?: string | undefined;
}

/** The channel that the selector names or implies; null if it names a version. */
export function channelOf({ version, channel }: ReleaseSelector): string | null {
  return version ? null : (channel ?? DEFAULT_CHANNEL);
}

/**
 * @param model name of the model that the channels belong to
 * @throws {Problem} version-unknown, model-unavailable
 */
export function versionOf({ channels }: Channels, model: string, selector: ReleaseSelector): string {
  const list = (names: string[]) => names.slice(0, 5).join(', ') || 'none';
  const channel = channelOf(selector);
  if (channel === null) {
    const { version } = selector;
    const served = [...new Set(Object.values(channels).map((entry) => entry.version))];
    if (version && served.includes(version)) return version;
    throw new Problem(
      'version-unknown',
      `No channel of ${model} serves the version ${version}; it serves ${list(served)}.`,
    );
  }
  // Own properties only: a caller may name a channel `constructor`.
  if (Object.hasOwn(channels, channel)) return channels[channel]!.version;
  const detail = `${model} has no channel ${channel}; it has ${list(Object.keys(channels))}.`;
  if (selector.channel) throw new Problem('version-unknown', detail);
  throw new Problem('model-unavailable', `${detail} Publish to ${channel}, or name a channel.`, {
    retryAfter: RETRY_AFTER_SECONDS,
  });
}

/** A missing model is the caller's mistake if the caller named it, and the owner's if it is the default model. */
export function explainMissing(error: unknown, model: string, namedByCaller: boolean): unknown {
  if (!isMissing(error)) return error;
  if (namedByCaller) {
    return new Problem('model-unknown', `There is no model ${model}; GET /v1/models lists the models.`);
  }
  return new Problem(
    'model-unavailable',
    `The store has no release of the default model ${model}. Publish one: npx glimpse publish RUN --model ${model} --to …`,
    { retryAfter: RETRY_AFTER_SECONDS, cause: error },
  );
}

export function isMissing(error: unknown): boolean {
  return error instanceof ReleaseError && error.code === 'release-missing';
}
