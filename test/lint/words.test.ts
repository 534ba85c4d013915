import assert from 'node:assert/strict';
import test from 'node:test';
import { findWords } from './words.ts';

test('old words are found in prose, identifiers and file names, with what to write instead', () => {
  assert.deepEqual(findWords('one\na picture of it'), [{ line: 2, word: 'picture', write: 'image' }]);
  assert.deepEqual(
    findWords('const MOST_BYTES = quantiseWeights(); // once more').map(({ word }) => word),
    ['quantise', 'once more', 'MOST_'],
  );
  for (const text of ['docs/pictures.md', 'Send the pictures.', 'a picture, or two', '// picture-perfect'])
    assert.equal(findWords(text).length, 1, text);
});

test('stored and protocol names are allowed', () => {
  for (const line of ['metrics.pictures', "{ name: 'picture' }", 'record.ownPictures.path', 'grey8', 'pictures-small'])
    assert.deepEqual(findWords(line), [], line);
});
