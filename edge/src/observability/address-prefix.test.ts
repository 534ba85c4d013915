import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { addressPrefix } from './observe-request.ts';

test('24 bits of an IPv4 address, 48 bits of an IPv6 address', () => {
  for (const [address, prefix] of [
    ['203.0.113.77', '203.0.113.0/24'],
    ['::ffff:203.0.113.77', '203.0.113.0/24'],
    ['2001:db8:85a3:8d3:1319:8a2e:370:7348', '2001:db8:85a3::/48'],
    ['2001:DB8::7348', '2001:db8:0::/48'],
    ['2001:0db8:0001:0002::1', '2001:db8:1::/48'],
    ['::1', '0:0:0::/48'],
  ] as const) {
    assert.equal(addressPrefix(address), prefix);
  }
});

test('text that is not an address is not logged', () => {
  for (const address of [
    null,
    '',
    'unknown',
    '1.2.3',
    '256.1.1.1',
    '1.2.3.4.5',
    ':::',
    '2001:db8::1%eth0',
    '::1]/x',
    '1::2::3',
  ]) {
    assert.equal(addressPrefix(address), undefined, String(address));
  }
});

test('only the prefix of an address is logged', () => {
  fc.assert(fc.property(fc.ipV4(), (address) => assert.equal(addressPrefix(address), address.replace(/\d+$/, '0/24'))));
  fc.assert(
    fc.property(fc.ipV6(), (address) => {
      const [network = '', bits] = (addressPrefix(address) ?? '').split('/');
      assert.ok(network.endsWith(bits === '48' ? '::' : '.0'), `${address} ${network}`);
      assert.ok(URL.canParse(bits === '48' ? `http://[${network}]` : `http://${network}`), network);
    }),
  );
});
