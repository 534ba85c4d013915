import assert from 'node:assert/strict';
import test from 'node:test';
import { type Channels, moveChannel } from '@glimpse/shared/release/channels';
import fc from 'fast-check';
import { planPrune } from './prune.ts';
import type { StoredObjects } from './stored-versions.ts';

const now = new Date('2026-11-25T12:00:00.000Z');
const HOUR = 60 * 60 * 1000;
const versionOf = (i: number) => `20261125T0${i % 10}00Z-0000000${i % 10}`;

/** Version 9 first; each has three objects. */
function stored(unfinished: Record<number, number> = {}, count = 10): StoredObjects {
  const versions = Array.from({ length: count }, (_, i) => count - 1 - i).map((i) => {
    const age = unfinished[i];
    const modified = new Date(now.getTime() - (age ?? 48) * HOUR);
    const names = ['model.json', 'weights.bin', ...(age === undefined ? ['release.json'] : [])];
    const objects = names.map((name) => ({ key: `models/m/${versionOf(i)}/${name}`, size: 10, modified }));
    return { version: versionOf(i), complete: age === undefined, objects, size: 30, modified };
  });
  return { versions, probes: [], unknown: [] };
}

function channels(...path: [string, number][]): Channels {
  return path.reduce<Channels | undefined>(
    (before, [channel, i]) =>
      moveChannel(before, { time: now.toISOString(), actor: 'ann', channel, to: versionOf(i), reason: '' }),
    undefined,
  )!;
}

test('live, recent, pinned and rollback versions are kept; release.json of the others is deleted first', () => {
  const plan = planPrune(stored(), channels(['stable', 0], ['stable', 1], ['canary', 2]), {
    keep: 2,
    pinned: [versionOf(5)],
    now,
  });
  assert.deepEqual(
    plan.keep.map(({ version, why }) => [version.at(-1), why]),
    [
      ['9', 'recent'],
      ['8', 'recent'],
      ['5', 'pinned'],
      ['2', 'live on canary'],
      ['1', 'live on stable'],
      ['0', 'rollback target of stable'],
    ],
  );
  assert.deepEqual(
    plan.remove.map(({ version, what }) => [version!.at(-1), what]),
    ['7', '6', '4', '3'].map((version) => [version, 'version']),
  );
  assert.ok(plan.remove.every(({ keys }) => keys[0]!.endsWith('/release.json') && keys.length === 3));
});

test('leftovers older than a day are removed, and do not count as recent versions', () => {
  const plan = planPrune(stored({ 9: 23, 8: 25 }), channels(['stable', 0]), { keep: 8, pinned: [], now });
  assert.deepEqual(
    plan.remove.map(({ version, what }) => [version!.at(-1), what]),
    [['8', 'leftover']],
  );
  assert.ok(plan.keep.some(({ version, why }) => version === versionOf(9) && why === 'possibly being published'));
  const probe = (hours: number) => ({
    key: `models/m/probe-${hours}`,
    size: 1,
    modified: new Date(+now - hours * HOUR),
  });
  const probes = { ...stored({}, 0), probes: [probe(1), probe(25)] };
  assert.deepEqual(planPrune(probes, undefined, { keep: 1, pinned: [], now }).remove, [
    { what: 'probe', keys: ['models/m/probe-25'], size: 1 },
  ]);
});

test('with any options, no version that a channel serves is removed', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.constantFrom('stable', 'canary', 'beta'), fc.nat(9)), { minLength: 1, maxLength: 30 }),
      fc.nat(3),
      (path, keep) => {
        const after = channels(...(path as [string, number][]));
        const removed = planPrune(stored(), after, { keep, pinned: [], now }).remove.map(({ version }) => version);
        for (const { version } of Object.values(after.channels)) assert.ok(!removed.includes(version));
      },
    ),
  );
});
