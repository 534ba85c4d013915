import assert from 'node:assert/strict';
import test from 'node:test';
import { nearestName, unknownName } from './unknown-name.ts';

const known = ['image', 'url', 'top_k', 'threshold', 'model', 'version', 'channel'];

test('the nearest known name is suggested', () => {
  for (const [sent, expected] of Object.entries({
    topK: 'top_k',
    'top-k': 'top_k',
    topk: 'top_k',
    k: 'top_k',
    modle: 'model',
    Model: 'model',
    model_name: 'model',
    treshold: 'threshold',
    min_confidence: 'threshold',
    chanel: 'channel',
    verison: 'version',
    image_url: 'url',
    imageUrl: 'url',
    photo: 'image',
    file: 'image',
  })) {
    assert.equal(nearestName(sent, known), expected, sent);
  }
});

test('the problem names the parameter, shortened, and what is known', () => {
  const { code, message, extensions } = unknownName('query parameter', 'x'.repeat(10_000), ['top_k', 'model']);
  assert.equal(code, 'parameter-invalid');
  assert.match(message, /Unknown query parameter "x{40}". Did you mean ".*"\? Known are top_k, model./);
  assert.deepEqual(extensions, { parameter: 'x'.repeat(40) });
  assert.match(unknownName('query parameter', 'a', []).message, /This route has no query parameters/);
});
