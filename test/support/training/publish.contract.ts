/** Publishing behaves like this on every store. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { historyFaults, readChannels } from '@glimpse/shared/release/channels';
import { objectKeys } from '@glimpse/shared/release/names';
import { createSigningKey, parseSigningKey } from '@glimpse/shared/release/sign';
import { parsePublicKeys } from '@glimpse/shared/release/signature';
import { listAll, type ObjectStore } from '@glimpse/shared/store/object-store';
import { commitMove, loadChannels, wholeHistory } from '@glimpse/training/publish/move';
import { publish } from '@glimpse/training/publish/publish';
import { readStoredRelease, signStored } from '@glimpse/training/publish/stored-release';
import { verifyStore } from '@glimpse/training/publish/verify-store';
import { assertConditionalWrites, singleWriter } from '@glimpse/training/store/conditional-writes';
import { testRelease } from '../release.ts';
import { wrapStore } from '../wrap-store.ts';

const options = { model: 'cifar10', channel: 'stable', actor: 'ann', reason: 'test', time: '2026-11-25T03:12:00.000Z' };
const encode = (text: string) => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** Each test uses its own model, so all tests can share one store. */
export function publishBehavior(store: () => ObjectStore): void {
  /** The store with a note of each write that took place. */
  function watched(change: Partial<ObjectStore> = {}) {
    const written: string[] = [];
    const real = store();
    const watching = wrapStore(real, {
      async put(key, bytes, condition) {
        const done = await real.put(key, bytes, condition);
        if (done) written.push(key);
        return done;
      },
      ...change,
    });
    return { watching, written };
  }

  test('files come first, the manifest after them and the channel last', async () => {
    const release = await testRelease({ seed: 1, model: 'order' });
    const { watching, written } = watched();
    const result = await publish(release, watching, { ...options, model: 'order' });
    const { version } = release.manifest;
    assert.deepEqual(result, { version, from: null, written: 4 });
    assert.deepEqual(
      written,
      [`${version}/model.json`, `${version}/weights.bin`, `${version}/release.json`, 'channels.json'].map(
        (name) => `models/order/${name}`,
      ),
    );
    const channels = readChannels(decode((await store().get(objectKeys.channels('order')))!.bytes));
    assert.deepEqual(channels.channels, { stable: { version } });
    assert.deepEqual(channels.history, [
      { time: options.time, actor: 'ann', channel: 'stable', from: null, to: version, reason: 'test' },
    ]);
    const weights = await store().get(objectKeys.file('order', version, 'weights.bin'));
    assert.deepEqual(weights!.bytes, release.files.get('weights.bin'));
  });

  test('publishing the same again writes nothing', async () => {
    const release = await testRelease({ seed: 1, model: 'again' });
    await publish(release, store(), { ...options, model: 'again' });
    const { watching, written } = watched();
    assert.equal((await publish(release, watching, { ...options, model: 'again' })).written, 0);
    assert.deepEqual(written, []);
  });

  test('a publish that was interrupted after any write is completed by the next', async () => {
    const model = 'broken-off';
    for (let writes = 0; writes < 4; writes++) {
      const release = await testRelease({ seed: 10 + writes, model });
      let left = writes;
      const { watching } = watched({
        put: async (...args) => {
          if (left-- === 0) throw new Error('power cut');
          return store().put(...args);
        },
      });
      await assert.rejects(publish(release, watching, { ...options, model }), /power cut/);
      await publish(release, store(), { ...options, model });
      const channels = readChannels(decode((await store().get(objectKeys.channels(model)))!.bytes));
      assert.equal(channels.channels.stable!.version, release.manifest.version);
    }
  });

  test('other content under the same version is refused before a byte is written', async () => {
    const model = 'immutable';
    const first = await testRelease({ seed: 1, model });
    await publish(first, store(), { ...options, model });
    const other = await testRelease({ seed: 2, model });
    const forged = { ...other, manifest: { ...other.manifest, version: first.manifest.version } };
    const { watching, written } = watched();
    await assert.rejects(publish(forged, watching, { ...options, model }), {
      code: 'publish-conflict',
      message: /exists in .* with other content\. Nothing was written/,
    });
    assert.deepEqual(written, []);
  });

  test('other bytes left under a version by somebody else are refused, and stay', async () => {
    const model = 'leftover';
    const release = await testRelease({ seed: 1, model });
    const key = objectKeys.file(model, release.manifest.version, 'weights.bin');
    await store().put(key, encode('something else'), 'absent');
    await assert.rejects(publish(release, store(), { ...options, model }), {
      code: 'publish-conflict',
      message: /exists .* with other bytes/,
    });
    assert.equal(decode((await store().get(key))!.bytes), 'something else');
    assert.equal(await store().get(objectKeys.channels(model)), undefined);
  });

  test('of two publishers at once the one whose channel was moved meanwhile is told who did it', async () => {
    const model = 'race';
    const [ours, theirs] = [await testRelease({ seed: 1, model }), await testRelease({ seed: 2, model })];
    const { watching } = watched({
      put: async (key, bytes, condition) => {
        // The other one comes between our reading of the channel and our writing of it.
        if (key === objectKeys.channels(model)) await publish(theirs, store(), { ...options, model, actor: 'bob' });
        return store().put(key, bytes, condition);
      },
    });
    await assert.rejects(publish(ours, watching, { ...options, model }), {
      code: 'publish-conflict',
      message: new RegExp(`bob moved "stable" to ${theirs.manifest.version}.*do it again`),
    });
    const again = await publish(ours, store(), { ...options, model });
    assert.equal(again.from, theirs.manifest.version);
  });

  test('a channel keeps the others, and says where it came from', async () => {
    const model = 'channels';
    const [first, second] = [await testRelease({ seed: 1, model }), await testRelease({ seed: 2, model })];
    await publish(first, store(), { ...options, model });
    await publish(second, store(), { ...options, model, channel: 'canary' });
    const moved = await publish(second, store(), { ...options, model });
    assert.equal(moved.from, first.manifest.version);
    assert.equal(moved.written, 1);
    const channels = readChannels(decode((await store().get(objectKeys.channels(model)))!.bytes));
    assert.deepEqual(channels.channels, {
      stable: { version: second.manifest.version },
      // Publishing the canary's version to stable ends the canary.
      canary: { version: second.manifest.version, percent: 0 },
    });
  });

  test('a channels.json that is not JSON stops the publisher before it writes', async () => {
    const model = 'not-json';
    await store().put(objectKeys.channels(model), encode('<html>'), 'absent');
    const { watching, written } = watched();
    await assert.rejects(publish(await testRelease({ seed: 1, model }), watching, { ...options, model }), {
      code: 'release-malformed',
    });
    assert.deepEqual(written, []);
  });

  test('a canary has its percent, and a new percent is a move of its own', async () => {
    const model = 'percents';
    const release = await testRelease({ seed: 1, model });
    const canary = { ...options, model, channel: 'canary', percent: 10 };
    await publish(release, store(), canary);
    assert.equal((await publish(release, store(), canary)).written, 0);
    assert.equal((await publish(release, store(), { ...canary, percent: 12.5 })).written, 1);
    const { channels } = await loadChannels(store(), model);
    assert.deepEqual(channels!.channels.canary, { version: release.manifest.version, percent: 12.5 });
    await assert.rejects(publish(release, store(), { ...canary, channel: 'stable' }), { code: 'release-malformed' });
  });

  test('a signature is stored with the release, and does not come to one that is there without', async () => {
    const model = 'signed';
    const [first, second] = [await testRelease({ seed: 1, model }), await testRelease({ seed: 2, model })];
    const signingKey = await parseSigningKey(createSigningKey());
    const trusted = await parsePublicKeys(signingKey.publicKey);
    await publish(first, store(), { ...options, model, signingKey });
    const stored = await readStoredRelease(store(), model, first.manifest.version, trusted);
    assert.equal(stored.manifest.signature!.keyId, signingKey.id);
    assert.equal((await publish(first, store(), { ...options, model, signingKey })).written, 0);
    await publish(second, store(), { ...options, model });
    await assert.rejects(publish(second, store(), { ...options, model, signingKey }), {
      code: 'publish-conflict',
      message: /exists .* unsigned, and a version never changes/,
    });
    const { version } = second.manifest;
    await assert.rejects(readStoredRelease(store(), model, version, trusted), { code: 'release-unsigned' });

    // Beside it, it comes: and then, for who trusts the key, it is signed.
    const later = await parseSigningKey(createSigningKey());
    await assert.rejects(signStored(store(), model, version, later, trusted), { code: 'release-unsigned' });
    assert.equal(await signStored(store(), model, version, signingKey, undefined), true);
    assert.equal(await signStored(store(), model, version, signingKey, undefined), false);
    assert.equal((await readStoredRelease(store(), model, version, trusted)).manifest.signature, undefined);
    assert.equal(await signStored(store(), model, version, later, trusted), true);
    await readStoredRelease(store(), model, version, await parsePublicKeys(later.publicKey));
    await assert.rejects(
      readStoredRelease(store(), model, first.manifest.version, await parsePublicKeys(later.publicKey)),
      {
        code: 'release-untrusted',
      },
    );
    const { faults, notes } = await verifyStore(store(), model, trusted, () => {});
    assert.deepEqual([faults, notes], [[], []]);
  });

  test('a move whose answer was lost is not taken for somebody else’s', async () => {
    const model = 'lost-answer';
    const release = await testRelease({ seed: 1, model });
    const { watching } = watched({
      // As an SDK does: the first write took place, and its repetition fails the condition.
      put: async (...args) => (await store().put(...args)) && store().put(...args),
    });
    await publish(release, watching, { ...options, model });
    const { channels } = await loadChannels(store(), model);
    assert.equal(channels!.channels.stable!.version, release.manifest.version);
    assert.equal(channels!.history.length, 1);
  });

  test('the history goes into blocks and is read back whole', async () => {
    const model = 'history';
    const versions = [(await testRelease({ seed: 1, model })).version, (await testRelease({ seed: 2, model })).version];
    for (let i = 0; i < 160; i++) {
      const before = await loadChannels(store(), model);
      await commitMove(store(), model, before, { ...options, to: versions[i % 2]!, reason: `move ${i}` });
    }
    const { channels } = await loadChannels(store(), model);
    assert.deepEqual([channels!.history.length, channels!.older], [110, 50]);
    const all = await wholeHistory(store(), model, channels!);
    assert.deepEqual(
      all.map(({ reason }) => reason),
      Array.from({ length: 160 }, (_, i) => `move ${i}`),
    );
    assert.deepEqual(historyFaults(channels!, all), []);
  });

  test('its conditional writes are found to hold, and the probe leaves nothing', async () => {
    await assertConditionalWrites(store(), 'probed');
    assert.deepEqual(await listAll(store(), 'models/probed/'), []);
    // A key that may not delete is enough to publish.
    const { watching } = watched({ delete: () => Promise.reject(new Error('AccessDenied')) });
    await assertConditionalWrites(watching, 'probed');
  });

  test('a store that ignores conditions is refused before a byte of the release is written', async () => {
    const careless = wrapStore(store(), { put: (key, bytes) => store().put(key, bytes, 'any') });
    await assert.rejects(assertConditionalWrites(careless, 'careless'), {
      code: 'store-unconditional',
      message: /does not honor conditional writes .* --unsafe-single-writer/,
    });
    assert.deepEqual(await listAll(store(), 'models/careless/'), []);
    // A single writer may go on there, and still overwrites nothing.
    const alone = singleWriter(careless);
    await assertConditionalWrites(alone, 'careless');
    assert.equal(await alone.put('models/careless/x', encode('1'), 'absent'), true);
    assert.equal(await alone.put('models/careless/x', encode('2'), 'absent'), false);
    assert.equal(decode((await store().get('models/careless/x'))!.bytes), '1');
  });
}
