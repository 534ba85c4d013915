import assert from 'node:assert/strict';
import test from 'node:test';
import { clientNetwork } from './client-network.ts';

test('an IPv4 address is a sender, and the 64 bits of an IPv6 one are', () => {
  assert.equal(clientNetwork('203.0.113.7'), '203.0.113.7');
  const sender = clientNetwork('2001:db8:1:2:3:4:5:6');
  assert.equal(sender, '2001:db8:1:2');
  for (const same of ['2001:DB8:1:2::', '2001:0db8:0001:0002::9', '2001:db8:1:2:ffff:ffff:192.0.2.1']) {
    assert.equal(clientNetwork(same), sender, same);
  }
  assert.notEqual(clientNetwork('2001:db8:1:3::1'), sender);
  assert.equal(clientNetwork('::ffff:192.0.2.1'), '0:0:0:0');
  assert.equal(clientNetwork('2001:db8::1'), '2001:db8:0:0');
});

test('this machine is no sender, nor is nobody', () => {
  for (const address of [null, '127.0.0.1', '::1']) assert.equal(clientNetwork(address), undefined);
});
