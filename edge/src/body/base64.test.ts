import assert from 'node:assert/strict';
import test from 'node:test';
import { decodeBase64 } from './base64.ts';

test('every length and every byte, in both alphabets, with and without padding and `data:` prefix', () => {
  for (let length = 0; length < 300; length++) {
    const bytes = Uint8Array.from({ length }, (_, index) => (index * 37 + length) & 255);
    const text = Buffer.from(bytes).toString('base64');
    for (const form of [
      text,
      text.replace(/=+$/, ''),
      Buffer.from(bytes).toString('base64url'),
      ` ${text}\n`,
      `data:image/png;base64,${text}`,
    ]) {
      assert.deepEqual(decodeBase64(form), bytes, form);
    }
  }
});

test('text that is not base64 is undefined', () => {
  for (const text of ['A', 'AAAAA', 'A=', 'AA=', 'AAA==', 'AAAA=', '=', 'AA==AA==', 'A*AA', 'AAAé', 'AA.A', '%2F']) {
    assert.equal(decodeBase64(text), undefined, text);
  }
});
