import assert from 'node:assert/strict';
import test from 'node:test';
import { HISTORY_LENGTH, moveChannel, readChannels, writeChannels } from './channels.ts';

const move = (to: string, channel = 'stable') => ({
  time: '2026-11-25T03:12:00.000Z',
  actor: 'ann',
  channel,
  to,
  reason: 'better',
});
const first = '20261125T0312Z-00000001';
const second = '20261126T0312Z-00000002';

test('a move points its channel at the version, says where it came from and leaves the others', () => {
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

test('the history keeps the newest moves', () => {
  let channels = moveChannel(undefined, move(first));
  for (let i = 0; i < HISTORY_LENGTH; i++) channels = moveChannel(channels, { ...move(second), reason: String(i) });
  assert.equal(channels.history.length, HISTORY_LENGTH);
  assert.equal(channels.history.at(-1)!.reason, String(HISTORY_LENGTH - 1));
  assert.equal(channels.history[0]!.reason, '0');
});

for (const text of ['', 'not json', '[]', '{"channels":{"stable":{"version":"latest"}},"history":[]}']) {
  test(`${JSON.stringify(text)} is no channels.json`, () => {
    assert.throws(() => readChannels(text), { code: 'release-malformed' });
  });
}
