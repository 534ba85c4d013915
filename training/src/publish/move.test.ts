import assert from 'node:assert/strict';
import test from 'node:test';
import { previousVersion } from './move.ts';

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
