/** Moves a channel by compare-and-swap on `channels.json`: of two at once one wins, and the other says who did. */
import {
  type Channels,
  type Move,
  moveChannel,
  readChannels,
  readHistoryBlock,
  splitHistory,
  writeChannels,
  writeHistoryBlock,
} from '@glimpse/shared/release/channels';
import { objectKeys } from '@glimpse/shared/release/names';
import type { ObjectStore } from '@glimpse/shared/store/object-store';
import { TrainingError } from '../training-error.ts';
import { putOnce } from './put-once.ts';

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
 * @param before what the move was decided by: if the channels are others by now, nothing is moved
 * @throws {TrainingError} `publish-conflict`, saying who moved what meanwhile
 */
export async function commitMove(
  store: ObjectStore,
  model: string,
  before: ReadChannels,
  move: Omit<Move, 'from'>,
): Promise<void> {
  const key = objectKeys.channels(model);
  const { channels, block } = splitHistory(moveChannel(before.channels, move));
  if (block) {
    const text = writeHistoryBlock(block);
    await putOnce(store, objectKeys.history(model, block.number), encode(text), (bytes) =>
      sameBlock(bytes, block.number, text),
    );
  }
  const bytes = encode(writeChannels(channels));
  if (await store.put(key, bytes, before.etag === undefined ? 'absent' : { etag: before.etag })) return;
  const now = await store.get(key);
  // The write took place and its answer was lost on the way: repeated, it failed its own condition.
  if (now && Buffer.compare(now.bytes, bytes) === 0) return;
  throw new TrainingError('publish-conflict', whoWon(now && readChannels(text(now.bytes)), move));
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

async function loadHistoryBlock(store: ObjectStore, model: string, number: number): Promise<readonly Move[]> {
  const key = objectKeys.history(model, number);
  const object = await store.get(key);
  if (!object) throw new TrainingError('store-damaged', `${key} is missing, and the history says that it exists.`);
  return readHistoryBlock(text(object.bytes), number).moves;
}

/** Another release of this software may lay it out in another way. */
function sameBlock(bytes: Uint8Array, number: number, ours: string): boolean {
  return writeHistoryBlock(readHistoryBlock(text(bytes), number)) === ours;
}

function whoWon(now: Channels | undefined, { channel, to }: Omit<Move, 'from'>): string {
  const last = now?.history.at(-1);
  const winner = last
    ? `${last.actor} moved "${last.channel}" to ${last.to} at ${last.time} (${last.reason})`
    : 'somebody removed channels.json';
  return `"${channel}" was not moved to ${to}: meanwhile ${winner}. Look at it, and do it again if you still want it.`;
}

function encode(content: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(content);
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
