import assert from 'node:assert/strict';
import test from 'node:test';
import { describeChanges } from './changes.ts';
import type { PreparedPicture } from './prepared.ts';

const picture = (path: string, change: Partial<PreparedPicture> = {}): PreparedPicture => ({
  path,
  class: 0,
  size: 1,
  fileHash: 'h',
  ...change,
});

test('what was added, removed, changed and moved is said, the first three by name', () => {
  const before = ['a', 'b', 'c', 'd', 'e'].map((path) => picture(path));
  const now = [
    picture('a'),
    picture('b', { fileHash: 'other' }),
    picture('c', { class: 1 }),
    ...['v', 'w', 'x', 'y'].map((path) => picture(path)),
  ];
  assert.equal(
    describeChanges(before, now),
    '4 added (v, w, x …), 2 removed (d, e), 1 changed (b), 1 with another class or part (c)',
  );
});

test('nothing is said where nothing changed', () => assert.equal(describeChanges([picture('a')], [picture('a')]), ''));
