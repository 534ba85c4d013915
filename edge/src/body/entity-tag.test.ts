import assert from 'node:assert/strict';
import test from 'node:test';
import { matches } from './entity-tag.ts';

test('a tag is found alone, among others, weak, and by the star', () => {
  for (const header of ['"abc"', '"x", "abc"', 'W/"abc"', '*', ' * ', '"x",W/"abc"']) {
    assert.ok(matches(header, '"abc"'), header);
  }
});

test('another tag, half a tag and none do not match', () => {
  for (const header of [null, '', '"ab"', 'abc', '"abcd"', '"x"']) assert.ok(!matches(header, '"abc"'), String(header));
});
