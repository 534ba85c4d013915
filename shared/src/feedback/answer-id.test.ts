import assert from 'node:assert/strict';
import test from 'node:test';
import * as fc from 'fast-check';
import { type AnswerId, answerSigner, fromBase64Url, MAX_ID_LENGTH, readAnswerId, toBase64Url } from './answer-id.ts';

const secret = 'a secret of more than thirty-two bytes';
const other = 'another secret of more than thirty-two bytes';
const signer = answerSigner([secret]);

const hex = (length: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: length, maxLength: length });
const digits = (length: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: length, maxLength: length });

const ids: fc.Arbitrary<AnswerId> = fc.record<AnswerId>(
  {
    kind: fc.constantFrom('image' as const, 'pixels' as const),
    answeredAt: fc.nat(2 ** 32 - 1),
    labelIndex: fc.nat(9_999),
    score: fc.nat(65_535).map((score) => score / 65_535),
    sentSha256: hex(64),
    nonce: hex(16),
    model: fc.stringMatching(/^[a-z0-9-]{1,64}$/),
    version: fc.tuple(digits(8), digits(4), hex(8)).map(([day, time, hash]) => `${day}T${time}Z-${hash}`),
  },
  { noNullPrototype: true },
);

const one: AnswerId = {
  ...{ kind: 'image', answeredAt: 1_795_000_000, labelIndex: 3, score: 1, sentSha256: 'ab'.repeat(32) },
  ...{ nonce: '0123456789abcdef', model: 'cifar10', version: '20261125T0915Z-12702b91' },
};

test('a signed id is verified, and fits into a URL path', async () => {
  await fc.assert(
    fc.asyncProperty(ids, async (id) => {
      const text = await signer.sign(id);
      assert.match(text, /^[A-Za-z0-9_-]+$/);
      assert.ok(text.length <= MAX_ID_LENGTH);
      assert.deepEqual(await signer.verify(text), id);
      assert.deepEqual(readAnswerId(text), id);
    }),
  );
});

test('an id of the starter model has 131 characters', async () => {
  assert.equal((await signer.sign(one)).length, 131);
});

test('any changed bit is detected', async () => {
  await fc.assert(
    fc.asyncProperty(ids, fc.nat(), async (id, at) => {
      const bytes = fromBase64Url(await signer.sign(id))!;
      const bit = at % (bytes.length * 8);
      bytes[bit >> 3]! ^= 1 << (bit & 7);
      assert.equal(await signer.verify(toBase64Url(bytes)), undefined);
    }),
  );
});

test('any other text is refused', async () => {
  const text = await signer.sign(one);
  for (const wrong of ['', 'x', text.slice(0, -1), `${text}A`, `${text}=`, ` ${text}`, `${text}\n`, text + text]) {
    assert.equal(await signer.verify(wrong), undefined, wrong);
  }
  await fc.assert(
    fc.asyncProperty(fc.string({ maxLength: 300, unit: 'binary' }), async (wrong) => {
      assert.equal(await signer.verify(wrong), undefined);
    }),
  );
});

test('equal bytes have one text: nonzero unused bits are refused', async () => {
  const text = await signer.sign(one);
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const last = alphabet.indexOf(text.at(-1)!);
  assert.equal(text.length % 4, 3);
  assert.equal(await signer.verify(text.slice(0, -1) + alphabet[last ^ 1]), undefined);
});

test('an id signed with another secret is refused', async () => {
  assert.equal(await answerSigner([other]).verify(await signer.sign(one)), undefined);
});

test('during rotation the newest secret signs and both verify', async () => {
  const both = answerSigner([other, secret]);
  assert.deepEqual(await both.verify(await signer.sign(one)), one);
  assert.deepEqual(await answerSigner([other]).verify(await both.sign(one)), one);
  assert.equal(await signer.verify(await both.sign(one)), undefined);
});
