import assert from 'node:assert/strict';
import test from 'node:test';
import { senderOf } from './sender.ts';

test('an IPv4 address is a sender, and the 64 bits of an IPv6 one are', () => {
  assert.equal(senderOf('203.0.113.7'), '203.0.113.7');
  const sender = senderOf('2001:db8:1:2:3:4:5:6');
  assert.equal(sender, '2001:db8:1:2');
  for (const same of ['2001:DB8:1:2::', '2001:0db8:0001:0002::9', '2001:db8:1:2:ffff:ffff:192.0.2.1']) {
    assert.equal(senderOf(same), sender, same);
  }
  assert.notEqual(senderOf('2001:db8:1:3::1'), sender);
  assert.equal(senderOf('::ffff:192.0.2.1'), '0:0:0:0');
  assert.equal(senderOf('2001:db8::1'), '2001:db8:0:0');
});

test('this machine is no sender, nor is nobody', () => {
  for (const address of [null, '127.0.0.1', '::1']) assert.equal(senderOf(address), undefined);
});
