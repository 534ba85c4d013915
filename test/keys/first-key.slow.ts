/** docs/first-key.md: each step does what the page says. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { cacheFolder } from '@glimpse/training/files/cache-folder';
import { ROOT } from '../support/worker/start-worker.ts';
import { firstKey, type StepName, steps, variables } from './first-key.ts';

const skip = existsSync(cacheFolder('data', 'cifar10')) ? false : 'the data is not here: npx glimpse data cifar10';

/** The count at the start of a line of `uniq -c`. */
function countOf(printed: string, line: string): number {
  return Number(new RegExp(`^ *(\\d+) .*${line}`, 'm').exec(printed)?.[1] ?? 0);
}

/** The JSON after a response's headers, or on its own. */
function bodyOf(printed: string) {
  return JSON.parse(printed.slice(printed.indexOf('{')));
}

const expected: Record<StepName, (printed: string) => void> = {
  create(printed) {
    assert.match(printed, /^gls_\w{4}…\n\nCreated the secret key [0-9a-f]{16} for my app \(classify, feedback, read\)/);
  },
  keyless(printed) {
    assert.equal(bodyOf(printed).code, 'key-missing');
  },
  classify(printed) {
    assert.match(printed, /^HTTP\/1.1 200 OK$/m);
    assert.match(printed, /^RateLimit-Policy: "day";q=200;w=86400$/m);
    assert.match(printed, /^RateLimit: "day";r=199;t=\d+$/m);
    assert.match(printed, /^X-RateLimit-Remaining: 199$/m);
    assert.equal(bodyOf(printed).predictions[0].label, 'cat');
  },
  feedback(printed) {
    assert.match(bodyOf(printed).id, /^\d{4}-\d\d-\d\d-[0-9a-f]{32}$/);
  },
  takeBack(printed) {
    assert.equal(printed, '204');
  },
  photos(printed) {
    assert.match(printed, /^60 images of 3 classes → photos$/);
  },
  manyFeedbacks(printed) {
    assert.equal(printed.trim(), '60 201');
  },
  quota(printed) {
    // One to classify, one feedback, and two for each photo leave 78; more may pass under concurrency.
    const [granted, refused] = [countOf(printed, '200'), countOf(printed, '429')];
    assert.equal(granted + refused, 100);
    assert.ok(granted >= 78 && granted <= 98, printed);
  },
  quotaRefusal(printed) {
    assert.match(printed, /^HTTP\/1.1 429 /);
    assert.match(printed, /^Retry-After: [1-9]\d*$/m);
    assert.match(printed, /^RateLimit: "day";r=0;t=\d+$/m);
    assert.deepEqual([bodyOf(printed).code, bodyOf(printed).limit], ['quota-exhausted', 200]);
  },
  rate(printed) {
    const [granted, refused] = [countOf(printed, '200'), countOf(printed, '429')];
    assert.equal(granted + refused, 1500);
    // Earlier steps used some of the 500.
    assert.ok(granted >= 200 && refused > 0, printed);
  },
  rateRefusal(printed) {
    assert.match(printed, /^HTTP\/1.1 429 /);
    assert.match(printed, /^Retry-After: 10$/m);
    assert.equal(bodyOf(printed).code, 'rate-limited');
  },
  pull(printed) {
    assert.match(
      printed,
      /^feedback\/cifar10: 60 records, 60 with images \(60 fetched now\), 0 deleted since, 0 invalid\./,
    );
  },
  data(printed) {
    assert.match(printed, /60 images of 3 classes/);
    for (const label of ['cat', 'dog', 'ship']) assert.match(printed, new RegExp(`^ +${label} +16 +2 +2$`, 'm'));
  },
  train(printed) {
    assert.match(printed, /^Finished: \.\/runs\//m);
  },
  list(printed) {
    assert.match(printed, /^[0-9a-f]{16} +secret +classify feedback read +200 +\S+ +valid +my app$/m);
  },
  revoke(printed) {
    assert.match(printed, /^Revoked the key [0-9a-f]{16} of my app\./);
  },
  revoked(printed) {
    assert.deepEqual([bodyOf(printed).status, bodyOf(printed).code], [401, 'key-revoked']);
  },
};

test('create a key, classify, give feedback, hit both limits, pull, train, revoke', { skip }, async (t) => {
  const printed = await firstKey(() => {});
  for (const name of Object.keys(steps) as StepName[]) await t.test(name, () => expected[name](printed[name]));
});

test('docs/first-key.md shows the same commands and no complete key', async () => {
  const text = await readFile(join(ROOT, 'docs/first-key.md'), 'utf8');
  const lines = text.split('\n').map((line) => line.trim());
  let at = 0;
  for (const line of [...variables, ...Object.values(steps).flatMap((typed) => `$ ${typed}`.split('\n'))]) {
    const found = lines.indexOf(line.trim(), at);
    assert.ok(found >= 0, line);
    at = found + 1;
  }
  assert.doesNotMatch(text, /gl[sp]_\w{36}/);
});
