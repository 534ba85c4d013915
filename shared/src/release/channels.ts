/** `channels.json`: which version each channel serves, and who moved it when. The one object of a model that changes. */
import * as z from 'zod/mini';
import { parseJson } from './manifest.ts';
import { nameSchema, versionSchema } from './names.ts';
import { ReleaseError } from './release-error.ts';

/** Moves kept in the object itself. */
export const HISTORY_LENGTH = 100;

export const DEFAULT_CHANNEL = 'stable';
/** Answers as many callers in a hundred as its percent says, of those who ask for no channel. */
export const CANARY_CHANNEL = 'canary';

const moveSchema = z.object({
  /** ISO 8601, UTC. */
  time: z.string(),
  actor: z.string(),
  channel: nameSchema,
  from: z.nullable(versionSchema),
  to: versionSchema,
  reason: z.string(),
});

const channelsSchema = z.object({
  channels: z.record(
    nameSchema,
    z.object({ version: versionSchema, percent: z.optional(z.number().check(z.gte(0), z.lte(100))) }),
  ),
  /** Newest last. */
  history: z.array(moveSchema),
});

export type Channels = z.infer<typeof channelsSchema>;
export type Move = z.infer<typeof moveSchema>;

/** @throws {ReleaseError} `release-malformed` */
export function readChannels(json: string): Channels {
  const result = channelsSchema.safeParse(parseJson(json, 'channels.json'));
  if (!result.success) throw new ReleaseError('release-malformed', `channels.json: ${z.prettifyError(result.error)}`);
  return result.data;
}

export function writeChannels(channels: Channels): string {
  return `${JSON.stringify(channels, null, 2)}\n`;
}

/** A move to be made. */
export interface NextMove extends Omit<Move, 'from'> {
  /** Of the callers, 0-100: for the canary. */
  readonly percent?: number;
}

/** Points a channel at a version; the other channels stay. `channels` is undefined before the model's first release. */
export function moveChannel(channels: Channels | undefined, move: NextMove): Channels {
  const { time, actor, channel, to, reason, percent } = move;
  const from = channels?.channels[channel]?.version ?? null;
  return {
    channels: { ...channels?.channels, [channel]: { version: to, ...(percent === undefined ? {} : { percent }) } },
    history: [...(channels?.history ?? []), { time, actor, channel, from, to, reason }].slice(-HISTORY_LENGTH),
  };
}
