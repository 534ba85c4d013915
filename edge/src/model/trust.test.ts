/** A Worker with trusted keys and a minimum version in workerd: it serves only releases that are signed for it. */
import assert from 'node:assert/strict';
import test, { after, describe } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Manifest, writeManifest } from '@glimpse/shared/release/manifest';
import { objectKeys } from '@glimpse/shared/release/names';
import {
  createSigningKey,
  parseSigningKey,
  type SigningKey,
  signManifest,
  writeSignature,
} from '@glimpse/shared/release/sign';
import { versionOf } from '@glimpse/shared/release/version';
import { type TestRelease, testRelease } from '@glimpse/test/support/release';
import { png } from '@glimpse/test/support/worker/images';
import { startWorker } from '@glimpse/test/support/worker/worker';

const [key, next, stranger] = await Promise.all([1, 2, 3].map(() => parseSigningKey(createSigningKey())));
/** Earlier than the versions of testRelease. */
const FLOOR = '20260102T0300Z';
const FORGOTTEN_MS = 1_100;

/** The release with another text as its release.json. */
function withManifest(release: TestRelease, manifest: Manifest, version = release.version): TestRelease {
  const { model } = release.manifest;
  const files = [...release.files].map(([path, bytes]) => [objectKeys.file(model, version, path), bytes] as const);
  const json = new TextEncoder().encode(writeManifest(manifest));
  return { ...release, manifest, version, objects: new Map([...files, [objectKeys.manifest(model, version), json]]) };
}

async function signed(release: TestRelease, by: SigningKey): Promise<TestRelease> {
  return withManifest(release, await signManifest(release.manifest, by));
}

const worker = await startWorker({
  REVALIDATE_SECONDS: '0',
  MAX_BACKOFF_SECONDS: '1',
  TRUSTED_KEYS: `${key!.publicKey}, ${next!.publicKey}`,
  MINIMUM_VERSIONS: `cifar10=${FLOOR} other=20260101T0000Z`,
});
after(() => worker.close());
const { classify, publish, request } = worker;
const image = await png(32, 32);
const versionNow = async () => (await classify(image)).json.model.version;
const good = await signed(await testRelease({ seed: 1 }), key!);

const forgeries: [string, (release: TestRelease) => Promise<TestRelease>, RegExp][] = [
  ['unsigned', async (release) => release, /is not signed/],
  ['signed by a key that is not trusted, or no longer', (release) => signed(release, stranger!), /not trusted/],
  [
    'altered after it was signed',
    async (release) => {
      const { manifest } = await signed(release, key!);
      return withManifest(release, {
        ...manifest,
        metrics: { ...manifest.metrics, float: { ...manifest.metrics.float, accuracy: 0.99 } },
      });
    },
    /is not what the key [0-9a-f]{16} signed/,
  ],
  [
    'signed for another model, and renamed',
    async (release) => {
      const { manifest } = await signed(withManifest(release, { ...release.manifest, model: 'other' }), key!);
      return withManifest(release, { ...manifest, model: 'cifar10' });
    },
    /is not what the key/,
  ],
  [
    'signed for another model',
    async (release) => {
      const { manifest } = await signed(withManifest(release, { ...release.manifest, model: 'other' }), key!);
      return { ...withManifest({ ...release, manifest: { ...manifest, model: 'cifar10' } }, manifest), manifest };
    },
    /has the manifest of other/,
  ],
  [
    'older than the floor, though signed',
    async (release) => {
      const endedAt = '2026-01-02T02:59:59.000Z';
      const version = await versionOf(release.manifest, endedAt);
      const manifest = { ...release.manifest, version, run: { ...release.manifest.run, endedAt } };
      return withManifest(release, await signManifest(manifest, key!), version);
    },
    /older than MINIMUM_VERSIONS allows/,
  ],
];

test('nothing is served without a signed release', async () => {
  const release = await testRelease({ seed: 1 });
  await publish([release], { stable: release.version });
  const { status, json } = await classify(image);
  assert.deepEqual([status, json.code], [503, 'model-unavailable']);
  assert.match(json.detail, /is not signed/);
  assert.equal((await request('/readyz')).status, 503);
  assert.equal((await request('/v1/models/cifar10')).status, 503);
});

test('the same release is served once it is signed, by either key, without a restart', async () => {
  const second = await signed(await testRelease({ seed: 2 }), next!);
  await publish([second], { stable: second.version });
  assert.equal(await versionNow(), second.version);
  await publish([good], { stable: good.version });
  await sleep(FORGOTTEN_MS);
  assert.equal(await versionNow(), good.version);
  assert.equal((await request('/readyz')).json.signatures, 'verified');
});

test('a release of a key that is no longer trusted is served with a separate signature', async () => {
  const release = await signed(await testRelease({ seed: 3 }), stranger!);
  await publish([release], { stable: release.version });
  assert.equal(await versionNow(), good.version);
  const { signature } = await signManifest(release.manifest, key!);
  await worker.bucket.put(objectKeys.signature('cifar10', release.version, key!.id), writeSignature(signature));
  await sleep(FORGOTTEN_MS);
  assert.equal(await versionNow(), release.version);
  assert.equal((await request('/v1/models/cifar10')).status, 200);
  // Another key's signature under this key's name.
  const other = await signed(await testRelease({ seed: 4 }), stranger!);
  const forged = { ...(await signManifest(other.manifest, stranger!)).signature, keyId: key!.id };
  await worker.bucket.put(objectKeys.signature('cifar10', other.version, key!.id), writeSignature(forged));
  await publish([other], { stable: other.version });
  assert.equal(await versionNow(), release.version);
  assert.match((await request('/readyz')).json.lastGoodReason, /is not what the key/);
  await publish([], { stable: good.version });
  assert.equal(await versionNow(), good.version);
});

describe('a release that is', () => {
  for (const [index, [name, forge, says]] of forgeries.entries()) {
    test(`${name} is refused for every selector; the live one stays, and /readyz says why`, async () => {
      const honest = await testRelease({ seed: 10 + index });
      const forged = await forge(honest);
      const logged = worker.logs().length;
      const channels = { stable: forged.version, beta: forged.version, live: good.version };
      await worker.bucket.put(objectKeys.channels('cifar10'), '');
      for (const [at, bytes] of forged.objects) await worker.bucket.put(at, bytes);
      await publish([good], channels);

      assert.equal(await versionNow(), good.version);
      const ready = (await request('/readyz')).json;
      assert.deepEqual([ready.ready, ready.lastGood, ready.model.version], [true, true, good.version]);
      assert.match(ready.lastGoodReason, says);
      for (const query of ['?channel=beta', `?version=${forged.version}`]) {
        const { status, json } = await classify(image, { query });
        assert.deepEqual([status, json.code], [503, 'model-unavailable'], query);
        assert.match(json.detail, says);
      }
      assert.equal((await request('/v1/models/cifar10')).status, 503);
      assert.ok(
        worker
          .logs()
          .slice(logged)
          .some(({ error }) => says.test(error ?? '')),
      );

      // Repaired.
      const mended = await signed(honest, key!);
      await publish([mended], { stable: mended.version });
      await sleep(FORGOTTEN_MS);
      assert.equal(await versionNow(), mended.version);
      await publish([good], { stable: good.version });
      assert.equal(await versionNow(), good.version);
    });
  }
});
