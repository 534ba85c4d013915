/** Publishing, replacing and damaging releases, in workerd with the R2 binding. */
import assert from 'node:assert/strict';
import test, { after, describe } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { defineArchitecture } from '@glimpse/shared/model/network/architecture';
import { objectKeys } from '@glimpse/shared/release/names';
import { type TestRelease, testRelease } from '@glimpse/test/support/release';
import { png } from '@glimpse/test/support/worker/images';
import { type Bucket, startWorker } from '@glimpse/test/support/worker/worker';

const image = await png(32, 32);

/** Failures are cached for a second. */
const FORGOTTEN_MS = 1_100;

const html = '<!doctype html><title>Not found</title>'.padEnd(300, ' ');
const lfsPointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 2042\n';

interface Fault {
  damage(bucket: Bucket, keys: Record<'weights' | 'manifest' | 'channels', string>, release: TestRelease): unknown;
  readonly says: RegExp;
}

const faults: Record<string, Fault> = {
  'weights that are an HTML page': {
    damage: (bucket, { weights }) => bucket.put(weights, html),
    says: /weights\.bin has 300 bytes, not \d+: it looks like an HTML page/,
  },
  'weights that are a Git LFS pointer': {
    damage: (bucket, { weights }) => bucket.put(weights, lfsPointer),
    says: /Git LFS pointer/,
  },
  'half of the weights': {
    damage: (bucket, { weights }, { objects }) => bucket.put(weights, objects.get(weights)!.slice(0, 1000)),
    says: /weights\.bin has 1000 bytes, not \d+/,
  },
  'empty weights': {
    damage: (bucket, { weights }) => bucket.put(weights, new Uint8Array(0)),
    says: /it is empty/,
  },
  'one changed byte in the weights': {
    damage: (bucket, { weights }, { objects }) =>
      bucket.put(
        weights,
        objects.get(weights)!.map((byte, index) => (index === 77 ? byte ^ 1 : byte)),
      ),
    says: /weights\.bin has SHA-256 [0-9a-f]{64}, not/,
  },
  'weights that are too long': {
    damage: (bucket, { weights }) => bucket.put(weights, new Uint8Array(9_000_000)),
    says: /weights\.bin is larger than the expected maximum/,
  },
  'no weights': {
    damage: (bucket, { weights }) => bucket.delete(weights),
    says: /has no models\/.*weights\.bin/,
  },
  'no release.json': {
    damage: (bucket, { manifest }) => bucket.delete(manifest),
    says: /has no models\/.*release\.json/,
  },
  'a release.json that is not JSON': {
    damage: (bucket, { manifest }) => bucket.put(manifest, html),
    says: /release\.json is not JSON; it begins with "<!doctype html>/,
  },
  'labels that were changed after publishing': {
    damage: (bucket, { manifest }, release) =>
      bucket.put(manifest, JSON.stringify({ ...release.manifest, labels: release.manifest.labels.toReversed() })),
    says: /its content is/,
  },
  'a later format': {
    damage: (bucket, { manifest }, release) =>
      bucket.put(manifest, JSON.stringify({ ...release.manifest, formatVersion: 99, unheardOf: true })),
    says: /has format 99 .* Deploy the current Worker first/,
  },
  'a need for a later runner': {
    damage: (bucket, { manifest }, release) =>
      bucket.put(manifest, JSON.stringify({ ...release.manifest, minimumRunner: 99 })),
    says: /needs runner 99, .* Deploy the current Worker first/,
  },
  'a channels.json that is not JSON': {
    damage: (bucket, { channels }) => bucket.put(channels, 'stable'),
    says: /channels\.json is not JSON; it begins with "stable"/,
  },
  'a channels.json with an invalid structure': {
    damage: (bucket, { channels }) => bucket.put(channels, '{"channels": []}'),
    says: /channels\.json: /,
  },
  'a channels.json that is too large': {
    damage: (bucket, { channels }) => bucket.put(channels, new Uint8Array(2_000_000)),
    says: /channels\.json is larger than the expected maximum/,
  },
};

function keysOf({ version, manifest: { model } }: TestRelease) {
  return {
    weights: objectKeys.file(model, version, 'weights.bin'),
    manifest: objectKeys.manifest(model, version),
    channels: objectKeys.channels(model),
  };
}

describe('a release that is broken from the start', async () => {
  const worker = await startWorker({ REVALIDATE_SECONDS: '0', MAX_BACKOFF_SECONDS: '1' });
  after(() => worker.close());
  const { bucket, classify, publish } = worker;
  const releases = await Promise.all(
    Object.keys(faults).map((_, index) => testRelease({ model: `model-${index}`, seed: index })),
  );
  const query = ({ manifest }: TestRelease) => ({ query: `?model=${manifest.model}` });

  test('is 503 with the reason', async () => {
    for (const [index, [name, { damage, says }]] of Object.entries(faults).entries()) {
      const release = releases[index]!;
      await publish([release], { stable: release.version });
      await damage(bucket, keysOf(release), release);
      const { status, json, headers } = await classify(image, query(release));
      assert.deepEqual([status, json.code], [503, 'model-unavailable'], name);
      assert.match(json.detail, says, name);
      assert.equal(headers.get('Retry-After'), '1');
    }
  });

  test('recovers when it is repaired, without a restart', async () => {
    for (const release of releases) await publish([release], { stable: release.version });
    await sleep(FORGOTTEN_MS);
    for (const [index, name] of Object.keys(faults).entries()) {
      const { status, json } = await classify(image, query(releases[index]!));
      assert.deepEqual([status, json.model?.version], [200, releases[index]!.version], name);
    }
  });
});

describe('a release that replaces another', async () => {
  const worker = await startWorker({ REVALIDATE_SECONDS: '0', MAX_BACKOFF_SECONDS: '1' });
  after(() => worker.close());
  const { bucket, classify, publish, request } = worker;
  let good = await testRelease({ seed: 1 });
  await publish([good], { stable: good.version });
  const versionNow = async () => (await classify(image)).json.model.version;

  test('answers the next request, without a restart', async () => {
    for (const seed of [1, 2, 3, 4]) {
      good = await testRelease({ seed });
      await publish([good], { stable: good.version });
      assert.equal(await versionNow(), good.version);
    }
  });

  for (const [index, [name, { damage, says }]] of Object.entries(faults).entries()) {
    test(`is not used if it has ${name}: the last good one answers, and /readyz and the log say why`, async () => {
      const next = await testRelease({ seed: 10 + index });
      const logged = worker.logs().length;
      const began = performance.now();
      // Damaged before the channel points to it, so that no intermediate state is served.
      await publish([next], { stable: good.version });
      if (!/channels/.test(name)) await damage(bucket, keysOf(next), next);
      await publish([], { stable: next.version });
      if (/channels/.test(name)) await damage(bucket, keysOf(next), next);

      assert.equal(await versionNow(), good.version);
      const { status, json } = await request('/readyz');
      assert.equal(status, 200);
      assert.deepEqual([json.ready, json.lastGood, json.model.version], [true, true, good.version]);
      assert.match(json.lastGoodReason, says);
      const lines = worker.logs().slice(logged);
      // At most one per second, regardless of the number of requests.
      assert.ok(lines.length >= 1 && lines.length <= 1 + (performance.now() - began) / 1000, JSON.stringify(lines));
      assert.match(lines[0].error, says);

      await publish([], { stable: good.version });
      // Failures are cached per version, but only one for the channels.
      if (/channels/.test(name)) await sleep(FORGOTTEN_MS);
      assert.equal(await versionNow(), good.version);
      assert.equal((await request('/readyz')).json.lastGood, false);
    });
  }

  test('answers when it is repaired, without a restart', async () => {
    const next = await testRelease({ seed: 40 });
    const { weights } = keysOf(next);
    await publish([next], { stable: good.version });
    await bucket.put(weights, html);
    await publish([], { stable: next.version });
    assert.equal(await versionNow(), good.version);
    await bucket.put(weights, next.objects.get(weights)!);
    await sleep(FORGOTTEN_MS);
    assert.equal(await versionNow(), next.version);
    assert.equal((await request('/readyz')).json.lastGood, false);
    good = next;
  });

  test('a removed channel is unknown, and not served from the cache', async () => {
    const canary = await testRelease({ seed: 50 });
    await publish([canary], { stable: good.version, canary: canary.version });
    assert.equal((await classify(image, { query: '?channel=canary' })).status, 200);
    await publish([], { stable: good.version });
    const { status, json } = await classify(image, { query: '?channel=canary' });
    assert.deepEqual([status, json.code], [404, 'version-unknown']);
    assert.equal((await classify(image, { query: `?version=${canary.version}` })).status, 404);
  });
});

describe('networks that cannot be served', async () => {
  const worker = await startWorker({
    REVALIDATE_SECONDS: '0',
    MAX_BACKOFF_SECONDS: '1',
    MAX_RUNTIME_BYTES: String(16 * 1024 * 1024),
  });
  after(() => worker.close());
  const { classify, publish } = worker;
  const good = await testRelease();
  await publish([good], { stable: good.version });

  const dense = (units: number) =>
    defineArchitecture(
      'test',
      [32, 32, 3],
      [
        { className: 'Flatten' },
        { className: 'Dense', config: { units, activation: 'relu' } },
        { className: 'Dense', config: { units: 10, activation: 'softmax' } },
      ],
    );

  for (const [name, release, says] of [
    ['more memory than there is', await testRelease({ architecture: dense(2000) }), /MAX_RUNTIME_BYTES/],
    [
      'another number of labels',
      await testRelease({ change: { labels: ['one', 'two'] } }),
      /10 outputs, but the release has 2 labels/,
    ],
    [
      'another input than the manifest says',
      await testRelease({
        architecture: defineArchitecture(
          'test',
          [16, 16, 3],
          [{ className: 'Flatten' }, { className: 'Dense', config: { units: 10 } }],
        ),
        change: { input: good.manifest.input },
      }),
      /input is \[16,16,3\], but the release's input contract is \[32,32,3\]/,
    ],
  ] as const) {
    test(`${name}: 503 with the reason, and the other network still works`, async () => {
      assert.equal((await classify(image)).json.model.version, good.version);
      await publish([release], { stable: good.version, canary: release.version });
      const { status, json } = await classify(image, { query: '?channel=canary' });
      assert.deepEqual([status, json.code], [503, 'model-unavailable']);
      assert.match(json.detail, says);
      assert.equal((await classify(image)).json.model.version, good.version);
    });
  }
});
