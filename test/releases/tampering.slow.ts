/** `verify` reports every alteration in the store, and no channel moves to it; restored, everything verifies. */
import assert from 'node:assert/strict';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { objectKeys } from '@glimpse/shared/release/names';
import { createSigningKey, parseSigningKey } from '@glimpse/shared/release/sign';
import { parsePublicKeys } from '@glimpse/shared/release/signature';
import type { ObjectStore } from '@glimpse/shared/store/object-store';
import { changeChannel } from '@glimpse/training/publish/change-channel';
import { loadChannels } from '@glimpse/training/publish/move';
import { publish } from '@glimpse/training/publish/publish';
import { verifyStore } from '@glimpse/training/publish/verify-store';
import { openStore } from '@glimpse/training/store/open-store';
import { testRelease } from '../support/release.ts';
import { BUCKET, S3_MISSING, s3Available, startS3 } from '../support/start-s3.ts';
import { ROOT } from '../support/worker/start-worker.ts';

const SHARD_BYTES = 3000;
const encode = (text: string) => new TextEncoder().encode(text);
const ours = await parseSigningKey(createSigningKey());
const revoked = await parseSigningKey(createSigningKey());
const trusted = await parsePublicKeys(ours.publicKey);
const options = { channel: 'stable', actor: 'ann', reason: 'a test', time: '2026-11-25T03:12:00.000Z' };

test('on a real S3 server', { skip: (await s3Available()) ? false : S3_MISSING }, async (t) => {
  const s3 = await startS3();
  Object.assign(process.env, s3.env);
  const store = await openStore(`s3://${BUCKET}/tampered`, '');
  try {
    t.diagnostic(await tamper(store));
  } finally {
    await store.close();
    await s3.stop();
  }
});

test('on the local bucket', async (t) => {
  const root = await mkdtemp(join(tmpdir(), 'glimpse-tampered-'));
  await copyFile(join(ROOT, 'wrangler.toml'), join(root, 'wrangler.toml'));
  const store = await openStore('local', root);
  try {
    t.diagnostic(await tamper(store));
  } finally {
    await store.close();
    await rm(root, { recursive: true });
  }
});

/** @returns the counts */
async function tamper(store: ObjectStore): Promise<string> {
  const model = 'tampered';
  const good = await testRelease({ model, seed: 1, shardBytes: SHARD_BYTES });
  const other = await testRelease({ model: 'other', seed: 2, shardBytes: SHARD_BYTES });
  const unsigned = await testRelease({ model, seed: 3 });
  const old = await testRelease({ model, seed: 4 });
  await publish(old, store, { ...options, model, signingKey: revoked });
  await publish(unsigned, store, { ...options, model });
  await publish(other, store, { ...options, model: 'other', signingKey: ours });
  await publish(good, store, { ...options, model, signingKey: ours });

  const { version } = good;
  const verify = async () => (await verifyStore(store, model, undefined, () => {})).faults;
  const promote = async (to: string) =>
    changeChannel(store, model, await loadChannels(store, model), { ...options, to, channel: 'canary' }, trusted);
  assert.deepEqual(await verify(), []);

  let said = 0;
  let refused = 0;
  let attempts = 0;
  const names = ['release.json', ...good.files.keys()];
  const manifestOfOther = (await store.get(objectKeys.manifest('other', other.version)))!.bytes;
  for (const name of names) {
    const key = objectKeys.file(model, version, name);
    const right = (await store.get(key))!.bytes;
    for (const wrong of [
      encode('<!doctype html><title>502</title>'),
      encode('version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n'),
      right.slice(0, right.length / 2),
      new Uint8Array(0),
      right.map((byte, index) => (index === right.length >> 1 ? byte ^ 1 : byte)),
      manifestOfOther,
    ]) {
      attempts++;
      await store.put(key, wrong, 'any');
      const faults = await verify();
      if (faults.some((fault) => fault.startsWith(`stable: ${version}: `))) said++;
      await promote(version).then(
        () => assert.fail(`${name} with ${wrong.length} other bytes was promoted`),
        () => refused++,
      );
      await store.put(key, right, 'any');
    }
    attempts++;
    await store.delete(key);
    if ((await verify()).some((fault) => fault.includes(version))) said++;
    await promote(version).then(
      () => assert.fail(`a release without ${name} was promoted`),
      () => refused++,
    );
    await store.put(key, right, 'any');
    assert.deepEqual(await verify(), [], `${name} put back`);
  }
  assert.deepEqual([said, refused], [attempts, attempts]);

  // An altered channels.json is read, but the history shows that nobody moved it.
  const key = objectKeys.channels(model);
  const right = (await store.get(key))!.bytes;
  const text = new TextDecoder().decode(right);
  const pointed = JSON.parse(text);
  pointed.channels.stable.version = unsigned.version;
  await store.put(key, encode(JSON.stringify(pointed)), 'any');
  assert.match(
    (await verify()).join('\n'),
    new RegExp(`stable is at ${unsigned.version}, but its last move went to ${version}`),
  );
  const missing = { channels: { stable: { version: other.version } }, history: [] };
  await store.put(key, encode(JSON.stringify(missing)), 'any');
  assert.match((await verify()).join('\n'), new RegExp(`stable: ${other.version} is live, but has no release\\.json`));
  await store.put(key, encode('<html>'), 'any');
  assert.match((await verify())[0]!, /channels\.json is not JSON/);
  await assert.rejects(promote(version), { code: 'release-malformed' });
  await store.put(key, right, 'any');

  // Unaltered releases that must not be trusted.
  await assert.rejects(promote(unsigned.version), { code: 'release-unsigned' });
  await assert.rejects(promote(old.version), { code: 'release-untrusted' });
  for (const [path, bytes] of other.files) await store.put(objectKeys.file(model, other.version, path), bytes, 'any');
  await store.put(objectKeys.manifest(model, other.version), manifestOfOther, 'any');
  await assert.rejects(promote(other.version), { code: 'release-malformed', message: /has the manifest of other/ });
  const renamed = encode(new TextDecoder().decode(manifestOfOther).replace('"model": "other"', `"model": "${model}"`));
  await store.put(objectKeys.manifest(model, other.version), renamed, 'any');
  await assert.rejects(promote(other.version), { code: 'release-altered' });

  // A future format is not understood, and the message says what to do.
  const unread = (await store.get(objectKeys.manifest(model, version)))!.bytes;
  for (const later of [{ formatVersion: 99 }, { minimumRunner: 99 }]) {
    const manifest = { ...JSON.parse(new TextDecoder().decode(unread)), ...later };
    await store.put(objectKeys.manifest(model, version), encode(JSON.stringify(manifest)), 'any');
    await assert.rejects(promote(version), { code: 'release-too-new', message: /99.*Deploy the current Worker first/ });
  }
  await store.put(objectKeys.manifest(model, version), unread, 'any');
  assert.equal(await promote(version), true);
  return `${attempts} alterations of ${names.length} files: ${said} reported, ${refused} refused, all verified when restored`;
}
