import assert from 'node:assert/strict';
import test from 'node:test';
import { limitsSchema } from './limits.ts';

test('each limit has a default, which a variable of its name overrides', () => {
  assert.equal(limitsSchema.parse({}).MAX_BODY_BYTES, 25 * 2 ** 20);
  assert.equal(limitsSchema.parse({ MAX_BODY_BYTES: '' }).MAX_BODY_BYTES, 25 * 2 ** 20);
  assert.equal(limitsSchema.parse({ MAX_BODY_BYTES: '4096' }).MAX_BODY_BYTES, 4096);
});

for (const value of ['banana', '-1', '0', '1.5', '1e12']) {
  test(`${value} bytes is refused as a limit`, () =>
    assert.ok(!limitsSchema.safeParse({ MAX_BODY_BYTES: value }).success));
}
