import assert from 'node:assert/strict';
import test from 'node:test';
import { describeChanges } from './changes.ts';
import type { PreparedImage } from './decoded-cache.ts';

const image = (path: string, change: Partial<PreparedImage> = {}): PreparedImage => ({
  path,
  class: 0,
  size: 1,
  fileHash: 'h',
  ...change,
});

test('what was added, removed, changed and moved is said, the first three by name', () => {
  const before = ['a', 'b', 'c', 'd', 'e'].map((path) => image(path));
  const now = [
    image('a'),
    image('b', { fileHash: 'other' }),
    image('c', { class: 1 }),
    ...['v', 'w', 'x', 'y'].map((path) => image(path)),
  ];
  assert.equal(
    describeChanges(before, now),
    '4 added (v, w, x …), 2 removed (d, e), 1 changed (b), 1 with another class or part (c)',
  );
});

test('nothing is said where nothing changed', () => assert.equal(describeChanges([image('a')], [image('a')]), ''));
