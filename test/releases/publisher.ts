/**
 * A publisher in a separate process that is killed at a chosen moment: before or after the n-th object that it writes.
 *
 *     node publisher.ts STORE FOLDER before|after|never N
 *
 * It is killed by SIGKILL, with everything that it started. STORE is `s3://bucket/prefix`, or the root of a local bucket.
 */

import { publish } from '@glimpse/training/publish/publish';
import { readReleaseFolder } from '@glimpse/training/publish/release-folder';
import { openStore } from '@glimpse/training/store/open-store';
import { wrapStore } from '../support/wrap-store.ts';

const [place = '', folder = '', when, n] = process.argv.slice(2);
const release = await readReleaseFolder(folder);
const real = place.startsWith('s3://') ? await openStore(place, '') : await openStore('local', place);
let writes = 0;
const store = wrapStore(real, {
  async put(key, bytes, condition) {
    writes++;
    if (when === 'before' && writes === Number(n)) die();
    const done = await real.put(key, bytes, condition);
    if (when === 'after' && writes === Number(n)) die();
    return done;
  },
});
const { model } = release.manifest;
const time = new Date().toISOString();
const result = await publish(release, store, { model, channel: 'stable', actor: 'publisher', reason: 'a test', time });
await real.close();
console.log(JSON.stringify({ ...result, writes }));

/** Its parent made it the leader of a process group. */
function die(): never {
  process.kill(-process.pid, 'SIGKILL');
  // Waits for the signal to arrive.
  for (;;);
}
