import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import {
  BLOCK_LENGTH,
  type Channels,
  HISTORY_LENGTH,
  historyFaults,
  liveAt,
  type Move,
  moveChannel,
  readChannels,
  readHistoryBlock,
  splitHistory,
  writeChannels,
  writeHistoryBlock,
} from './channels.ts';

const move = (to: string, channel = 'stable') => ({
  time: '2026-11-25T03:12:00.000Z',
  actor: 'ann',
  channel,
  to,
  reason: 'better',
});
const first = '20261125T0312Z-00000001';
const second = '20261126T0312Z-00000002';

test('a move points its channel at the version, records the previous one and leaves other channels unchanged', () => {
  const one = moveChannel(moveChannel(undefined, move(first)), move(first, 'canary'));
  const two = moveChannel(one, move(second));
  assert.deepEqual(two.channels, { stable: { version: second }, canary: { version: first } });
  assert.deepEqual(
    two.history.map(({ channel, from, to }) => [channel, from, to]),
    [
      ['stable', null, first],
      ['canary', null, first],
      ['stable', first, second],
    ],
  );
  assert.deepEqual(readChannels(writeChannels(two)), two);
});

test("a canary has its last move's percentage, or none if that move had none", () => {
  const gate = { verdict: 'passed' as const, figures: 'accuracy .7437' };
  const ten = moveChannel(undefined, { ...move(first, 'canary'), percent: 10, gate });
  assert.deepEqual(ten.channels, { canary: { version: first, percent: 10 } });
  assert.deepEqual(ten.history.at(-1), { ...move(first, 'canary'), from: null, percent: 10, gate });
  assert.deepEqual(moveChannel(ten, move(second, 'canary')).channels, { canary: { version: second } });
});

test('a percentage is 0 to 100 in tenths, and only for the canary', () => {
  const malformed = { code: 'release-malformed' };
  for (const percent of [100.1, 12.34, -1, Number.NaN]) {
    assert.throws(() => moveChannel(undefined, { ...move(first, 'canary'), percent }), malformed, `${percent}`);
  }
  for (const percent of [0, 1, 12.3, 33.3, 99.9, 100]) moveChannel(undefined, { ...move(first, 'canary'), percent });
  for (const channel of ['stable', 'blue']) {
    assert.throws(() => moveChannel(undefined, { ...move(first, channel), percent: 10 }), {
      message: /only the channel canary may have a percent/,
    });
  }
});

test('the last hundred moves stay, older ones go to blocks, and none is lost', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 420 }), (count) => {
      let channels: Channels = { channels: {}, history: [] };
      const blocks = new Map<number, readonly Move[]>();
      for (let i = 0; i < count; i++) {
        const split = splitHistory(moveChannel(channels, { ...move(first), reason: String(i) }));
        channels = split.channels;
        if (split.block) {
          const { number, moves } = readHistoryBlock(writeHistoryBlock(split.block), split.block.number);
          assert.ok(!blocks.has(number));
          blocks.set(number, moves);
        }
      }
      assert.ok(channels.history.length >= Math.min(count, HISTORY_LENGTH));
      assert.ok(channels.history.length < HISTORY_LENGTH + BLOCK_LENGTH);
      const older = Array.from(
        { length: (channels.older ?? 0) / BLOCK_LENGTH },
        (_, number) => blocks.get(number)!,
      ).flat();
      const all = [...older, ...channels.history].map(({ reason }) => reason);
      assert.deepEqual(
        all,
        Array.from({ length: count }, (_, i) => String(i)),
      );
      assert.deepEqual(historyFaults(channels, [...older, ...channels.history]), []);
    }),
    { numRuns: 20 },
  );
});

test('liveAt finds the last move up to a time', () => {
  const at = (time: string, to: string, channel?: string) => ({ ...move(to, channel), time, from: null });
  const history = [
    at('2026-11-25T03:00:00.000Z', first),
    at('2026-11-25T03:30:00.000Z', second, 'canary'),
    at('2026-11-25T04:00:00.000Z', second),
  ];
  assert.equal(liveAt(history, 'stable', '2026-11-25T02:59:59Z'), undefined);
  assert.equal(liveAt(history, 'stable', '2026-11-25T03:00:00Z')!.to, first);
  assert.equal(liveAt(history, 'stable', '2026-11-25T04:59:00+01:00')!.to, first);
  assert.equal(liveAt(history, 'stable', '2026-11-25T04:00Z')!.to, second);
  assert.equal(liveAt(history, 'canary', '2026-11-25T03:10Z'), undefined);
});

test('a manipulated history is detected', () => {
  const good = [first, second, first].reduce<Channels | undefined>((now, to) => moveChannel(now, move(to)), undefined)!;
  assert.deepEqual(historyFaults(good, good.history), []);
  const without = good.history.toSpliced(1, 1);
  assert.deepEqual(historyFaults(good, without), [`move 2 moves stable from ${second}, but it was at ${first}`]);
  const elsewhere = { ...good, channels: { stable: { version: second } } };
  assert.deepEqual(historyFaults(elsewhere, good.history), [
    `stable is at ${second}, but its last move went to ${first}`,
  ]);
  const unheardOf = { ...good, channels: { ...good.channels, canary: { version: second } } };
  assert.deepEqual(historyFaults(unheardOf, good.history), [`canary is at ${second}, but its last move went to null`]);
});

test('long texts do not make channels.json larger than a Worker reads', () => {
  const long = '\u0001'.repeat(10_000);
  let channels: Channels | undefined;
  const words = { actor: long, reason: long, gate: { verdict: 'overridden' as const, figures: long, override: long } };
  for (let i = 0; i < 149; i++) channels = splitHistory(moveChannel(channels, { ...move(first), ...words })).channels;
  const bytes = writeChannels(channels!).length;
  assert.equal(channels!.history.length, HISTORY_LENGTH + BLOCK_LENGTH - 1);
  assert.ok(bytes < 1024 * 1024, `${bytes}`);
});

for (const text of ['', 'not json', '[]', '{"channels":{"stable":{"version":"latest"}},"history":[]}']) {
  test(`${JSON.stringify(text)} is refused as channels.json`, () => {
    assert.throws(() => readChannels(text), { code: 'release-malformed' });
  });
}
