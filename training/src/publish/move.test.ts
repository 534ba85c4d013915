import assert from 'node:assert/strict';
import test from 'node:test';
import { type Channels, historyFaults, moveChannel, readChannels } from '@glimpse/shared/release/channels';
import { canaryMove, commitMove, previousVersion } from './move.ts';

/** Each letter is a version: upper case on `stable`, lower case on `canary`. */
function previous(path: string, from: string | null = null): string | undefined {
  const at: Record<string, string | null> = { stable: from, canary: null };
  const history = [...path].map((letter) => {
    const channel = letter === letter.toUpperCase() ? 'stable' : 'canary';
    const move = { time: '', actor: '', reason: '', channel, from: at[channel]!, to: letter };
    at[channel] = letter;
    return move;
  });
  return previousVersion(history, 'stable');
}

for (const [path, expected] of [
  ['', undefined],
  ['A', undefined],
  ['AB', 'A'],
  ['ABC', 'B'],
  ['ABCB', 'A'],
  ['ABA', undefined],
  ['ABAC', 'A'],
  ['ABABC', 'B'],
  ['AA', undefined],
  ['ABB', 'A'],
  ['AxyBz', 'A'],
] as const) {
  test(`after ${path || 'nothing'} a rollback goes to ${expected ?? 'nowhere'}`, () => {
    assert.equal(previous(path), expected);
  });
}

test('a history whose beginning is in older blocks still names the version before its first move', () => {
  assert.equal(previous('B', 'A'), 'A');
  assert.equal(previous('BA', 'A'), undefined);
});

const [good, bad] = ['20261125T0312Z-00000001', '20261125T0312Z-00000002'];
const moveOf = (channel: string, to: string, percent?: number) => ({
  ...{ channel, to, actor: 'ann', reason: 'r', time: '2026-11-25T03:12:00Z' },
  ...(percent === undefined ? {} : { percent }),
});

/** The channels after the moves, and one that `commitMove` makes. */
async function after(
  moves: readonly ReturnType<typeof moveOf>[],
  last: ReturnType<typeof moveOf>,
  rollback: boolean,
): Promise<Channels> {
  const before = moves.reduce<Channels | undefined>((channels, move) => moveChannel(channels, move), undefined)!;
  let written = '';
  const put = async (_: string, bytes: Uint8Array) => {
    written = new TextDecoder().decode(bytes);
    return true;
  };
  await commitMove({ description: 'a store', put } as never, 'model', { channels: before, etag: '1' }, last, {
    rollback,
  });
  return readChannels(written);
}

test("promoting the canary's version ends the canary in the same write, and the history says so", async () => {
  const channels = await after([moveOf('stable', good), moveOf('canary', bad, 10)], moveOf('stable', bad), false);
  assert.deepEqual(channels.channels, { stable: { version: bad }, canary: { version: bad, percent: 0 } });
  assert.match(channels.history.at(-1)!.reason, /ended/);
  assert.deepEqual(historyFaults(channels, channels.history), []);
});

test('rolling back a version that a canary serves stops that, too', async () => {
  const moves = [moveOf('stable', good), moveOf('canary', bad, 10)];
  // Moved without commitMove, as earlier versions did.
  const channels = await after([...moves, moveOf('stable', bad)], moveOf('stable', good), true);
  assert.deepEqual(channels.channels, { stable: { version: good }, canary: { version: good, percent: 0 } });
  assert.deepEqual(historyFaults(channels, channels.history), []);
});

test('a canary with another version is untouched', () => {
  const before = { channels: { stable: { version: good }, canary: { version: bad, percent: 10 } }, history: [] };
  const third = '20261125T0312Z-00000003';
  assert.equal(canaryMove(before, moveOf('stable', third), false), undefined);
  assert.equal(canaryMove(before, moveOf('stable', third), true), undefined);
  assert.equal(canaryMove(before, moveOf('canary', good, 5), false), undefined);
});
