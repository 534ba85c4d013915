/** A short version of `npm run load`: all kinds of valid and invalid requests at once, and a burst. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { badKinds } from './invalid-requests.ts';
import { runLoad } from './run-load.ts';
import { statusesOf } from './statuses.ts';
import { goodKinds } from './valid-requests.ts';
import { faultsOf } from './verdict.ts';

test('mixed load causes no wrong answers, errors or leaks', async (t) => {
  const load = await runLoad({ seconds: 8, clients: 6, pauseMs: 50, sampleSeconds: 2, burstSeconds: 8 });
  const { kinds, sent } = load.tally;
  t.diagnostic(`${sent} requests: ${JSON.stringify(statusesOf(kinds))}`);
  assert.deepEqual(faultsOf(load), []);
  const names = new Set(kinds.map(({ name }) => name));
  for (const { name } of [...goodKinds, ...badKinds]) assert.ok(names.has(name), `${name} was not sent`);
  // The burst exceeds the queue, so load shedding is tested, too.
  assert.ok((statusesOf(kinds)['503'] ?? 0) > 0);
  assert.ok(load.log.counts['info request']! > 0);
});
