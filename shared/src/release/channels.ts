/**
 * `channels.json`: the version that each channel serves, and the history of its moves. The only mutable object of a model.
 *
 * `history` has the newest 100 to 150 moves. The `older` ones before them are in objects of their own, BLOCK_LENGTH in each:
 * `history/0.json`, `history/1.json`, …
 */
import * as z from 'zod/mini';
import { parseJson } from './manifest.ts';
import { nameSchema, versionSchema } from './names.ts';
import { ReleaseError } from './release-error.ts';

/** The newest moves, which always stay in channels.json. */
export const HISTORY_LENGTH = 100;
/** Moves per history block. */
export const BLOCK_LENGTH = 50;
/** Characters of actor, reason and gate figures: keeps 150 moves below the size that a Worker reads. */
const MAX_TEXT = 250;

export const DEFAULT_CHANNEL = 'stable';
/** Answers the given percentage of the callers that name no channel. */
export const CANARY_CHANNEL = 'canary';

/** In steps of a tenth. */
const percentSchema = z.number().check(
  z.refine((percent) => percent >= 0 && percent <= 100 && Math.round(percent * 10) / 10 === percent, {
    message: 'must be 0 to 100 with at most one decimal',
  }),
);

const gateSchema = z.object({
  verdict: z.enum(['passed', 'overridden']),
  /** The figures, in one line. */
  figures: z.string(),
  /** Why the gate was overridden. */
  override: z.optional(z.string()),
});

const moveSchema = z.object({
  /** ISO 8601, UTC. */
  time: z.string(),
  actor: z.string(),
  channel: nameSchema,
  from: z.nullable(versionSchema),
  to: versionSchema,
  reason: z.string(),
  /** The canary's percentage of the callers after the move. */
  percent: z.optional(percentSchema),
  /** How the version passed the gate, if it was published with one. */
  gate: z.optional(gateSchema),
});

const channelSchema = z.object({
  version: versionSchema,
  /** The canary's percentage of the callers that name neither channel nor version. */
  percent: z.optional(percentSchema),
});

const channelsSchema = z.object({
  channels: z.record(nameSchema, channelSchema).check(
    z.refine(
      (channels) =>
        Object.keys(channels).every((name) => name === CANARY_CHANNEL || channels[name]!.percent === undefined),
      {
        message: `only the channel ${CANARY_CHANNEL} may have a percent`,
      },
    ),
  ),
  /** Newest last. */
  history: z.array(moveSchema),
  /** Number of moves before `history`. Default: 0. */
  older: z.optional(z.int().check(z.nonnegative(), z.multipleOf(BLOCK_LENGTH))),
});

export type Channels = z.infer<typeof channelsSchema>;
export type Move = z.infer<typeof moveSchema>;
export type GateNote = z.infer<typeof gateSchema>;

/** The moves of `history/<number>.json`. */
export interface HistoryBlock {
  readonly number: number;
  readonly moves: readonly Move[];
}

/** @throws {ReleaseError} `release-malformed` */
export function readChannels(json: string): Channels {
  return read(channelsSchema, json, 'channels.json');
}

export function writeChannels(channels: Channels): string {
  return `${JSON.stringify(channels, null, 2)}\n`;
}

/**
 * Points a channel at a version and leaves the other channels unchanged. Without `percent`, the channel has none afterwards.
 *
 * @param channels undefined before the model's first release
 * @throws {ReleaseError} `release-malformed` if `percent` is out of range or the channel is not the canary
 */
export function moveChannel(channels: Channels | undefined, move: Omit<Move, 'from'>): Channels {
  const { channel, to, percent, gate } = move;
  const share = percent === undefined ? {} : { percent };
  const entry: Move = {
    time: move.time,
    actor: shorten(move.actor),
    channel,
    from: channels?.channels[channel]?.version ?? null,
    to,
    reason: shorten(move.reason),
    ...share,
    ...(gate ? { gate: { ...gate, figures: shorten(gate.figures), ...overrideOf(gate) } } : {}),
  };
  const moved = {
    ...channels,
    channels: { ...channels?.channels, [channel]: { version: to, ...share } },
    history: [...(channels?.history ?? []), entry],
  };
  return readChannels(JSON.stringify(moved));
}

/**
 * Moves the oldest entries of a long history to a block. The block must be written before channels.json. A publisher that
 * is killed between the two writes, or loses the race for the second, leaves the same block that the next one writes.
 */
export function splitHistory(channels: Channels): { channels: Channels; block?: HistoryBlock } {
  const { history, older = 0 } = channels;
  if (history.length < HISTORY_LENGTH + BLOCK_LENGTH) return { channels };
  return {
    channels: { ...channels, history: history.slice(BLOCK_LENGTH), older: older + BLOCK_LENGTH },
    block: { number: older / BLOCK_LENGTH, moves: history.slice(0, BLOCK_LENGTH) },
  };
}

/** @throws {ReleaseError} `release-malformed` */
export function readHistoryBlock(json: string, number: number): HistoryBlock {
  const moves = read(z.array(moveSchema).check(z.length(BLOCK_LENGTH)), json, `history/${number}.json`);
  return { number, moves };
}

export function writeHistoryBlock({ moves }: HistoryBlock): string {
  return `${JSON.stringify(moves, null, 2)}\n`;
}

/**
 * The last move of a channel up to a time: its target is the version that the channel served then.
 *
 * @param history oldest first
 * @param time ISO 8601
 * @returns undefined before the channel's first move in `history`
 */
export function liveAt(history: readonly Move[], channel: string, time: string): Move | undefined {
  const instant = Date.parse(time);
  return history.findLast((move) => move.channel === channel && Date.parse(move.time) <= instant);
}

/**
 * Finds contradictions in the history: each move of a channel must start at the version where the previous one ended, and the
 * last must end at the channel's version. Times are not checked, since publishers' clocks differ.
 *
 * @param moves all moves of the model, oldest first
 * @returns a description of each contradiction
 */
export function historyFaults({ channels }: Channels, moves: readonly Move[]): string[] {
  const versions = new Map<string, string | null>();
  const faults: string[] = [];
  for (const [index, { channel, from, to }] of moves.entries()) {
    const before = versions.get(channel) ?? null;
    if (from !== before) faults.push(`move ${index + 1} moves ${channel} from ${from}, but it was at ${before}`);
    versions.set(channel, to);
  }
  for (const name of new Set([...versions.keys(), ...Object.keys(channels)])) {
    const now = channels[name]?.version ?? null;
    const last = versions.get(name) ?? null;
    if (now !== last) faults.push(`${name} is at ${now}, but its last move went to ${last}`);
  }
  return faults;
}

function overrideOf({ override }: GateNote): { override?: string } {
  return override === undefined ? {} : { override: shorten(override) };
}

function shorten(text: string): string {
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT - 1).toWellFormed()}…` : text;
}

function read<Schema extends z.ZodMiniType>(schema: Schema, json: string, what: string): z.output<Schema> {
  const result = schema.safeParse(parseJson(json, what));
  if (!result.success) throw new ReleaseError('release-malformed', `${what}: ${z.prettifyError(result.error)}`);
  return result.data;
}
