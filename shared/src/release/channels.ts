/**
 * `channels.json`: which version each channel serves, and who moved it when. The one object of a model that changes.
 *
 * Its history ends with the newest move and goes back 100 moves or more. In front of it stand `older` moves in objects of
 * their own, BLOCK in each: `history/0.json`, `history/1.json`, …
 */
import * as z from 'zod/mini';
import { parseJson } from './manifest.ts';
import { nameSchema, versionSchema } from './names.ts';
import { ReleaseError } from './release-error.ts';

/** Moves that always stay in the object itself. */
export const HISTORY_LENGTH = 100;
/** Moves that leave it together. */
export const BLOCK = 50;
/** Of actor, reason and gate, in characters: 150 moves of it stay below what a Worker reads. */
const MAX_TEXT = 250;

export const DEFAULT_CHANNEL = 'stable';
/** Answers as many callers in a hundred as its percent says, of those who ask for no channel. */
export const CANARY_CHANNEL = 'canary';

/** Of the callers, in steps of a tenth. */
const percentSchema = z.number().check(
  z.refine((percent) => percent >= 0 && percent <= 100 && Math.round(percent * 10) / 10 === percent, {
    message: 'a percent is 0 to 100, with one decimal at most',
  }),
);

const gateSchema = z.object({
  verdict: z.enum(['passed', 'overridden']),
  /** The figures in a line. */
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
  /** The canary's share of the callers from then on. */
  percent: z.optional(percentSchema),
  /** How the version passed the gate, where it was published with one. */
  gate: z.optional(gateSchema),
});

const channelSchema = z.object({
  version: versionSchema,
  /** The canary's share of the callers who name neither channel nor version. */
  percent: z.optional(percentSchema),
});

const channelsSchema = z.object({
  channels: z.record(nameSchema, channelSchema).check(
    z.refine(
      (channels) =>
        Object.keys(channels).every((name) => name === CANARY_CHANNEL || channels[name]!.percent === undefined),
      {
        message: `only the channel ${CANARY_CHANNEL} has a percent`,
      },
    ),
  ),
  /** Newest last. */
  history: z.array(moveSchema),
  /** Moves before those of `history`. Absent: 0. */
  older: z.optional(z.int().check(z.nonnegative(), z.multipleOf(BLOCK))),
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
 * Points a channel at a version; the other channels stay. A channel whose share is not named has none from then on.
 *
 * @param channels undefined before the model's first release
 * @throws {ReleaseError} `release-malformed` for a percent of any channel but the canary, or out of its range
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
 * Takes the oldest moves out of a history that has become long. The block is written before the channels are: whoever was
 * killed between the two, or lost the race for the second, has left the very block that the next one writes.
 */
export function splitHistory(channels: Channels): { channels: Channels; block?: HistoryBlock } {
  const { history, older = 0 } = channels;
  if (history.length < HISTORY_LENGTH + BLOCK) return { channels };
  return {
    channels: { ...channels, history: history.slice(BLOCK), older: older + BLOCK },
    block: { number: older / BLOCK, moves: history.slice(0, BLOCK) },
  };
}

/** @throws {ReleaseError} `release-malformed` */
export function readHistoryBlock(json: string, number: number): HistoryBlock {
  const moves = read(z.array(moveSchema).check(z.length(BLOCK)), json, `history/${number}.json`);
  return { number, moves };
}

export function writeHistoryBlock({ moves }: HistoryBlock): string {
  return `${JSON.stringify(moves, null, 2)}\n`;
}

/**
 * The version that a channel served at a time: where its last move until then went.
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
 * Where a history contradicts itself or the channels: each move of a channel starts where the one before it ended, and
 * the last one ends where the channel is. Times may go back, since publishers' clocks differ.
 *
 * @param moves all of the model's, oldest first
 */
export function historyFaults({ channels }: Channels, moves: readonly Move[]): string[] {
  const at = new Map<string, string | null>();
  const faults: string[] = [];
  for (const [index, { channel, from, to }] of moves.entries()) {
    const before = at.get(channel) ?? null;
    if (from !== before) faults.push(`move ${index + 1} takes ${channel} from ${from}, which was at ${before}`);
    at.set(channel, to);
  }
  for (const name of new Set([...at.keys(), ...Object.keys(channels)])) {
    const now = channels[name]?.version ?? null;
    const last = at.get(name) ?? null;
    if (now !== last) faults.push(`${name} is at ${now}, its last move went to ${last}`);
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
