/** Moves channels by compare-and-swap on `channels.json`: one of two concurrent moves wins, and the other reports it. */
import { setTimeout } from 'node:timers/promises';
import {
  CANARY_CHANNEL,
  type Channels,
  DEFAULT_CHANNEL,
  type Move,
  moveChannel,
  readChannels,
  readHistoryBlock,
  splitHistory,
  writeChannels,
  writeHistoryBlock,
} from '@glimpse/shared/release/channels';
import { objectKeys } from '@glimpse/shared/release/names';
import type { ObjectStore, StoredObject } from '@glimpse/shared/store/object-store';
import { putOnce } from '../store/conditional-writes.ts';
import { TrainingError } from '../training-error.ts';

const ATTEMPTS = 5;
const WAIT_MS = 200;

/** A channels.json as it was read; both undefined before the model's first release. */
export interface ReadChannels {
  readonly channels?: Channels;
  readonly etag?: string;
}

/** @throws {ReleaseError} `release-malformed` */
export async function loadChannels(store: ObjectStore, model: string): Promise<ReadChannels> {
  const object = await store.get(objectKeys.channels(model));
  return object ? { channels: readChannels(text(object.bytes)), etag: object.etag } : {};
}

/**
 * @param before the channels that the move is based on: if they have changed, nothing is moved
 * @throws {TrainingError} `publish-conflict`, which says who moved what
 */
export async function commitMove(
  store: ObjectStore,
  model: string,
  before: ReadChannels,
  move: Omit<Move, 'from'>,
  { rollback = false } = {},
): Promise<void> {
  const key = objectKeys.channels(model);
  const canary = canaryMove(before.channels, move, rollback);
  const moved = moveChannel(before.channels, move);
  const { channels, block } = splitHistory(canary ? moveChannel(moved, canary) : moved);
  if (block) {
    const text = writeHistoryBlock(block);
    await putOnce(store, objectKeys.history(model, block.number), encode(text), (bytes) =>
      sameBlock(bytes, block.number, text),
    );
  }
  const bytes = encode(writeChannels(channels));
  let now: StoredObject | undefined;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    if (await store.put(key, bytes, before.etag === undefined ? 'absent' : { etag: before.etag })) return;
    now = await store.get(key);
    // The write succeeded and its response was lost: the retry failed its own condition.
    if (now && Buffer.compare(now.bytes, bytes) === 0) return;
    if (now?.etag !== before.etag) break;
    // The write was rejected although nothing changed: another write was in progress.
    await setTimeout(WAIT_MS * attempt);
  }
  if (now?.etag === before.etag) {
    throw new TrainingError(
      'store-failed',
      `${store.description} does not accept ${key}. Nothing was moved. Try again later.`,
    );
  }
  throw new TrainingError('publish-conflict', describeConflict(now && readChannels(text(now.bytes)), move));
}

/**
 * The move that ends the canary together with a move of `stable`: 0% of the callers, and the version of `stable`. A promoted
 * canary has nothing left to try, and a version that is rolled back must not be served to the canary's callers.
 *
 * @returns undefined if the canary is not affected
 */
export function canaryMove(
  before: Channels | undefined,
  { channel, to, actor, time }: Omit<Move, 'from'>,
  rollback: boolean,
): Omit<Move, 'from'> | undefined {
  const canary = before?.channels[CANARY_CHANNEL];
  if (channel !== DEFAULT_CHANNEL || !canary) return undefined;
  const end = (reason: string) => ({ channel: CANARY_CHANNEL, to, actor, time, percent: 0, reason });
  if (canary.version === to) return canary.percent === 0 ? undefined : end(`ended: ${channel} serves the version`);
  return rollback && canary.version === before.channels[channel]?.version
    ? end(`ended: ${channel} rolled the version back`)
    : undefined;
}

/** All moves of the model, oldest first. @throws {ReleaseError} `release-malformed`, `release-missing` */
export async function wholeHistory(store: ObjectStore, model: string, channels: Channels): Promise<Move[]> {
  const { older = 0, history } = channels;
  const blocks: Move[] = [];
  for (let number = 0; blocks.length < older; number++) {
    blocks.push(...(await loadHistoryBlock(store, model, number)));
  }
  return [...blocks, ...history];
}

/**
 * The version that a channel served before its current one, for a rollback. A version that was rolled back is skipped: after
 * A, B and a rollback to A, nothing precedes A.
 *
 * @param history oldest first, of all channels
 * @returns undefined if the history has no such version
 */
export function previousVersion(history: readonly Move[], channel: string): string | undefined {
  const served: string[] = [];
  for (const move of history) {
    if (move.channel !== channel) continue;
    const at = served.indexOf(move.to);
    if (at >= 0) served.length = at;
    // The first move in the history names the version before it.
    else if (served.length === 0 && move.from !== null) served.push(move.from);
    served.push(move.to);
  }
  return served.at(-2);
}

async function loadHistoryBlock(store: ObjectStore, model: string, number: number): Promise<readonly Move[]> {
  const key = objectKeys.history(model, number);
  const object = await store.get(key);
  if (!object) throw new TrainingError('store-damaged', `${key} is missing, but the history refers to it.`);
  return readHistoryBlock(text(object.bytes), number).moves;
}

/** Another version of Glimpse may format it differently. */
function sameBlock(bytes: Uint8Array, number: number, ours: string): boolean {
  return writeHistoryBlock(readHistoryBlock(text(bytes), number)) === ours;
}

function describeConflict(now: Channels | undefined, { channel, to }: Omit<Move, 'from'>): string {
  const last = now?.history.at(-1);
  const winner = last
    ? `${last.actor} moved "${last.channel}" to ${last.to} at ${last.time} (${last.reason})`
    : 'channels.json was deleted';
  return `"${channel}" was not moved to ${to}: meanwhile ${winner}. Check that move; if you still want yours, do it again.`;
}

function encode(content: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(content);
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
