/**
 * An attacker who can write to a real S3 store changes channels.json under a Worker that trusts one key and has a minimum
 * version. The Worker never serves what is unsigned, revoked, another model's or too old, however it is requested.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { objectKeys } from '@glimpse/shared/release/names';
import { createSigningKey, parseSigningKey } from '@glimpse/shared/release/sign';
import { versionOf } from '@glimpse/shared/release/version';
import { publish } from '@glimpse/training/publish/publish';
import { parseS3Url, S3Store } from '@glimpse/training/store/s3-store';
import { type TestRelease, testChannels, testInput } from '../support/release.ts';
import { BUCKET, S3_MISSING, s3Available, startS3 } from '../support/start-s3.ts';
import { FORGOTTEN_MS, MODEL, namedRelease, stageOnS3 } from './stage.ts';

const FLOOR = '20260102T0300Z';
const image = new Uint8Array(testInput.height * testInput.width * testInput.channels).fill(90);

test('channels.json is forged', { skip: (await s3Available()) ? false : S3_MISSING }, async (t) => {
  const [key, revoked] = await Promise.all([1, 2].map(() => parseSigningKey(createSigningKey())));
  const s3 = await startS3();
  const stage = await stageOnS3(s3, {
    TRUSTED_KEYS: key!.publicKey,
    MINIMUM_VERSIONS: `${MODEL}=${FLOOR}`,
    S3_PREFIX: 'stage',
  });
  const store = new S3Store(parseS3Url(`s3://${BUCKET}/stage`));
  const { worker, put } = stage;

  const published = async (release: TestRelease, signingKey?: typeof key, model = MODEL): Promise<string> => {
    const time = new Date().toISOString();
    const options = { model, channel: 'stable', actor: 'ann', reason: 'a test', time };
    await publish(release, store, { ...options, ...(signingKey ? { signingKey } : {}) });
    return release.version;
  };

  try {
    const other = await namedRelease('other', { seed: 3, model: 'other' });
    await published(other, key, 'other');
    const old = await namedRelease('old', { seed: 4 });
    const endedAt = '2026-01-02T02:59:00.000Z';
    const oldVersion = await versionOf(old.manifest, endedAt);
    const aged = { ...old.manifest, version: oldVersion, run: { ...old.manifest.run, endedAt } };
    const forged: Record<string, [version: string, says: RegExp]> = {
      unsigned: [await published(await namedRelease('unsigned', { seed: 1 })), /is not signed/],
      revoked: [await published(await namedRelease('revoked', { seed: 2 }), revoked), /not trusted/],
      "another model's": [other.version, /has the manifest of other/],
      'too old': [await published({ ...old, manifest: aged, version: oldVersion }, key), /older than MINIMUM_VERSIONS/],
      'never published': ['20260102T0304Z-00000000', /has no models/],
    };
    // Copying it to the attacked model's folder does not make it that model's.
    for (const [path, bytes] of other.files)
      await put(objectKeys.file(MODEL, other.version, path), bytes as Uint8Array<ArrayBuffer>);
    const otherManifest = await store.get(objectKeys.manifest('other', other.version));
    await put(objectKeys.manifest(MODEL, other.version), otherManifest!.bytes);
    const good = await published(await namedRelease('good', { seed: 5 }), key);

    const counts = { attempts: 0, answers: 0, served: 0, said: 0 };
    const ask = async (query: string) => {
      const { status, json } = await worker.classify(image, { query, type: 'application/vnd.glimpse.rgb8' });
      counts.attempts++;
      if (status === 200) {
        counts.answers++;
        const right =
          json.model.version === good &&
          json.predictions.every(({ label }: { label: string }) => label.startsWith('good '));
        if (!right) counts.served++;
      }
      return { status, json };
    };
    const forge = (channels: Record<string, string>, percent = 100) => {
      const document = JSON.parse(testChannels(channels));
      if (document.channels.canary) document.channels.canary.percent = percent;
      return put(objectKeys.channels(MODEL), JSON.stringify(document));
    };
    const mended = async () => {
      await forge({ stable: good });
      await sleep(FORGOTTEN_MS);
      const { status, json } = await ask('');
      assert.deepEqual([status, json.model?.version], [200, good]);
    };
    await mended();

    for (const [name, [version, says]] of Object.entries(forged)) {
      // The default channel, a named one, a canary for all callers, the version itself.
      await forge({ stable: version, beta: version, canary: version, kept: good });
      assert.equal((await ask('')).status, 200, name);
      const ready = (await worker.request('/readyz')).json;
      assert.deepEqual([ready.model.version, ready.lastGood], [good, true], name);
      assert.match(ready.lastGoodReason, says);
      for (const query of ['?channel=beta', '?channel=canary', `?version=${version}`]) {
        const { status, json } = await ask(query);
        assert.equal(status, 503, `${name} ${query}`);
        assert.match(json.detail, says);
      }
      await forge({ stable: good, canary: version });
      assert.equal((await ask('')).status, 200, name);
      assert.match((await worker.request('/readyz')).json.canary.reason, says);
      // A fresh isolate has nothing to fall back on.
      await forge({ stable: version });
      await worker.restart();
      const { status, json } = await ask('');
      assert.equal(status, 503, name);
      assert.match(json.detail, says);
      counts.said++;
      await mended();
    }

    // Not a channels.json at all, or one that no tool writes.
    const broken: Record<string, string> = {
      'an HTML page': '<!doctype html>',
      'nothing in it': '',
      'a list': '[]',
      'a path for a version': '{"channels":{"stable":{"version":"../../other"}},"history":[]}',
      'a percent above 100': `{"channels":{"stable":{"version":"${good}"},"canary":{"version":"${good}","percent":101}},"history":[]}`,
      'a percent of stable': `{"channels":{"stable":{"version":"${good}","percent":1}},"history":[]}`,
      'no channels': '{"channels":{},"history":[]}',
      'a megabyte and more': ' '.repeat(1_100_000),
    };
    for (const [name, text] of Object.entries(broken)) {
      await put(objectKeys.channels(MODEL), text);
      const { status, json } = await ask('');
      const ready = await worker.request('/readyz');
      // Deleting a model's channels may be the owner's wish.
      if (name === 'no channels') assert.deepEqual([status, ready.status], [503, 503], name);
      else {
        assert.deepEqual([status, json.model?.version, ready.json.lastGood], [200, good, true], name);
        assert.match(ready.json.lastGoodReason, /channels\.json/);
      }
      counts.said++;
      await mended();
    }
    const cases = Object.keys(forged).length + Object.keys(broken).length;
    t.diagnostic(
      `${cases} forgeries, ${counts.attempts} requests: ${counts.answers} answered by the good release, ` +
        `${counts.served} by another; ${counts.said} said`,
    );
    assert.deepEqual([counts.served, counts.said], [0, cases]);
  } finally {
    await stage.close();
    await store.close();
    await s3.stop();
  }
});
