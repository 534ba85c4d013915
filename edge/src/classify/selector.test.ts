import assert from 'node:assert/strict';
import test from 'node:test';
import { callerOf } from './selector.ts';

const at = new Date('2026-11-25T23:59:59Z');
const caller = (headers: Record<string, string>, now = at) => callerOf(new Headers(headers), now);

test('the API key takes precedence over the client id, and that over the address', () => {
  const address = { 'CF-Connecting-IP': '192.0.2.1' };
  const client = { ...address, 'X-Client-Id': ' phone-7 ' };
  assert.equal(caller({ ...client, Authorization: 'Bearer the-key' }), 'key the-key');
  assert.equal(caller({ ...client, Authorization: 'Basic eDp5' }), 'client phone-7');
  assert.equal(caller(address), 'address 192.0.2.1 2026-11-25');
  assert.equal(caller({}), 'address unknown 2026-11-25');
});

test('an address identifies a caller for one day', () => {
  const address = { 'CF-Connecting-IP': '192.0.2.1' };
  assert.equal(caller(address), caller(address, new Date('2026-11-25T00:00:00Z')));
  assert.notEqual(caller(address), caller(address, new Date('2026-11-26T00:00:00Z')));
});

test('a key and a client id with the same text are two callers, and the text has a maximum length', () => {
  assert.notEqual(caller({ 'X-Client-Id': 'same' }), caller({ Authorization: 'Bearer same' }));
  assert.ok(caller({ 'X-Client-Id': 'x'.repeat(5000) }).length < 300);
});
