import assert from 'node:assert/strict';
import test from 'node:test';
import { matches } from './entity-tag.ts';

test('a tag matches alone, in a list, as a weak tag, and by `*`', () => {
  for (const header of ['"abc"', '"x", "abc"', 'W/"abc"', '*', ' * ', '"x",W/"abc"']) {
    assert.ok(matches(header, '"abc"'), header);
  }
});

test('another tag, part of a tag and no tag do not match', () => {
  for (const header of [null, '', '"ab"', 'abc', '"abcd"', '"x"']) assert.ok(!matches(header, '"abc"'), String(header));
});
