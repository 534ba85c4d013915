import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { identifyKey, keyRecordSchema, originSchema, readKeyRecord } from './key-record.ts';

const hash = 'ab12cd34ef56ab12'.padEnd(64, '0');
const record = {
  id: hash.slice(0, 16),
  sha256: hash,
  kind: 'publishable',
  name: "Ann's page",
  scopes: ['classify', 'feedback'],
  origins: ['https://example.org'],
  created: '2026-11-25T03:12:00.000Z',
};

test('a record survives a round trip', () => {
  assert.deepEqual(readKeyRecord(JSON.stringify(record)), record);
});

test('a key has known scopes; publishable keys have origins, secret keys do not', () => {
  for (const wrong of [
    { scopes: [] },
    { scopes: ['admin'] },
    { origins: [] },
    { kind: 'secret' },
    { id: '0000000000000000' },
    { name: 'two\nlines' },
    { quotaPerDay: 0 },
  ]) {
    assert.ok(!keyRecordSchema.safeParse({ ...record, ...wrong }).success, JSON.stringify(wrong));
  }
  assert.ok(keyRecordSchema.safeParse({ ...record, kind: 'secret', origins: [], scopes: ['read'] }).success);
});

test('an origin is exactly what browsers send', () => {
  for (const origin of ['https://example.org', 'https://a.example.org:8443', 'http://localhost:3000', 'http://[::1]']) {
    assert.ok(originSchema.safeParse(origin).success, origin);
  }
  for (const origin of [
    'null',
    '*',
    'https://*.example.org',
    'https://example.org/',
    'https://example.org/page',
    'https://EXAMPLE.org',
    'https://example.org:443',
    'https://user@example.org',
    'http://example.org',
    'file:///page.html',
    'example.org',
    '',
  ]) {
    assert.ok(!originSchema.safeParse(origin).success, origin);
  }
});

test('reading never throws', () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (json) => readKeyRecord(json) === undefined));
});

test('an id is only the beginning of the SHA-256 of the key', async () => {
  // FIPS 180-4's example.
  assert.deepEqual(await identifyKey('abc'), {
    id: 'ba7816bf8f01cfea',
    sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  });
});
