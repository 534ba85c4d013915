import assert from 'node:assert/strict';
import test from 'node:test';
import { createKeyText } from '@glimpse/shared/access/key-text';
import type { Problem } from '@glimpse/shared/api/problems';
import { readCredentials } from './credentials.ts';

const secret = createKeyText('secret');
const publishable = createKeyText('publishable');
const read = (authorization?: string, query = '') =>
  readCredentials(
    new Headers(authorization === undefined ? {} : { Authorization: authorization }),
    new URLSearchParams(query),
  );

function refused(work: () => unknown): Problem {
  try {
    work();
  } catch (problem) {
    assert.ok(
      !JSON.stringify(problem, Object.getOwnPropertyNames(problem)).includes(secret.slice(4)),
      'it is repeated',
    );
    return problem as Problem;
  }
  return assert.fail('it was taken');
}

test('a key follows Bearer, in any letter case', () => {
  for (const header of [`Bearer ${secret}`, `bearer ${secret}`, `BEARER   ${secret}  `]) {
    assert.deepEqual(read(header), { sent: 'key', kind: 'secret', text: secret });
  }
  assert.deepEqual(read(`Bearer ${publishable}`), { sent: 'key', kind: 'publishable', text: publishable });
});

test('tokens of other services are distinguished from keys', () => {
  assert.deepEqual(read(), { sent: 'nothing' });
  assert.deepEqual(read('Basic dXNlcjp3b3Jk'), { sent: 'nothing' });
  assert.deepEqual(read('Bearer'), { sent: 'nothing' });
  for (const token of ['hf_abcdefghijklmnopqrstuvwxyz', 'sk_live_4eC39HqLyjWDarjtT1zdp7dc', 'x']) {
    assert.equal(read(`Bearer ${token}`).sent, 'foreign', token);
  }
});

test('the error for a truncated, mistyped or misplaced key says what is wrong, and does not repeat the key', () => {
  const wrong: [string, RegExp][] = [
    [`Bearer ${secret.slice(0, -1)}`, /40 characters, but this one has 39/],
    [`Bearer ${secret.slice(0, -1)}${secret.endsWith('A') ? 'B' : 'A'}`, /checksum/],
    [`Bearer ${secret}\\n`, /white space/],
    [`Bearer ${secret} ${secret}`, /space/],
    [`Bearer ${secret}, Bearer ${publishable}`, /space/],
    [secret, /"Bearer" and a space/],
    [`Token ${secret}`, /"Bearer" and a space/],
  ];
  for (const [header, message] of wrong) {
    const problem = refused(() => read(header));
    assert.equal(problem.code, 'key-malformed');
    assert.match(problem.message, message);
  }
});

test('a key anywhere in the URL is rejected', () => {
  for (const query of [`key=${secret}`, `api_key=${secret}`, `a=b&token=Bearer%20${secret}`]) {
    const problem = refused(() => read(`Bearer ${secret}`, query));
    assert.equal(problem.code, 'key-in-url');
    assert.match(problem.message, /Revoke the key/);
  }
  assert.match(refused(() => read(undefined, `key=${publishable}`)).message, /in the header/);
  assert.equal(read(undefined, 'model=gls_small&top_k=3').sent, 'nothing');
});
