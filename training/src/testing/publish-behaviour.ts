/** What publishing promises on every store. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { readChannels } from '@glimpse/shared/release/channels';
import { objectKeys } from '@glimpse/shared/release/names';
import { testRelease } from '@glimpse/shared/testing/release';
import { publish } from '../publish/publish.ts';
import type { ReleaseStore } from '../publish/store.ts';

const options = { model: 'cifar10', channel: 'stable', actor: 'ann', reason: 'test', time: '2026-11-25T03:12:00.000Z' };
const encode = (text: string) => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** Each test uses a model of its own, so that one store serves them all. */
export function publishBehaviour(store: () => ReleaseStore): void {
  /** The store with a note of each write that took place. */
  function watched(change: Partial<ReleaseStore> = {}) {
    const written: string[] = [];
    const real = store();
    const watching: ReleaseStore = {
      description: real.description,
      get: (key) => real.get(key),
      async put(key, bytes, condition) {
        const done = await real.put(key, bytes, condition);
        if (done) written.push(key);
        return done;
      },
      close: async () => {},
      ...change,
    };
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

  test('a publish that was broken off after any write is completed by the next', async () => {
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
      message: new RegExp(`bob moved "stable" to ${theirs.manifest.version}.*publish again`),
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
      canary: { version: second.manifest.version },
    });
  });

  test('a canary has its percent, and another percent of the same version is a move', async () => {
    const model = 'percent';
    const release = await testRelease({ seed: 1, model });
    const canary = { ...options, model, channel: 'canary' };
    const stored = async () => readChannels(decode((await store().get(objectKeys.channels(model)))!.bytes));
    await publish(release, store(), { ...canary, percent: 10 });
    const { version } = release.manifest;
    assert.deepEqual((await stored()).channels, { canary: { version, percent: 10 } });
    assert.equal((await publish(release, store(), { ...canary, percent: 10 })).written, 0);
    await publish(release, store(), { ...canary, percent: 50 });
    const { channels, history } = await stored();
    assert.deepEqual(channels, { canary: { version, percent: 50 } });
    assert.equal(history.length, 2);
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

  test('a conditional write holds: absent only once, and an etag only until the next write', async () => {
    const key = 'models/condition/channels.json';
    assert.equal(await store().put(key, encode('1'), 'absent'), true);
    assert.equal(await store().put(key, encode('2'), 'absent'), false);
    const { etag } = (await store().get(key))!;
    assert.equal(await store().put(key, encode('3'), { etag }), true);
    assert.equal(await store().put(key, encode('4'), { etag }), false);
    assert.equal(decode((await store().get(key))!.bytes), '3');
    assert.equal(await store().put('models/condition/nowhere', encode('5'), { etag }), false);
  });
}
