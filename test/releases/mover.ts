/**
 * Moves a channel in a separate process whenever its parent says so: on `{ to, reason }` it reads the channels and answers
 * `ready`; on `go` it writes. Another mover may write in between.
 *
 *     node mover.ts s3://bucket/prefix MODEL ACTOR     (with a channel for messages, as `fork` makes it)
 */

import { changeChannel } from '@glimpse/training/publish/change-channel';
import { loadChannels } from '@glimpse/training/publish/move';
import { openStore } from '@glimpse/training/store/open-store';
import { TrainingError } from '@glimpse/training/training-error';
import { wrapStore } from '../support/wrap-store.ts';

const [place = '', model = '', actor = ''] = process.argv.slice(2);
const real = await openStore(place, '');

async function move(to: string, reason: string): Promise<object> {
  // Everything but the write is done before both are told to go, so that only the writes race.
  const store = wrapStore(real, {
    async put(key, bytes, condition) {
      if (key.endsWith('/channels.json')) {
        process.send!({ ready: true });
        await next();
      }
      return real.put(key, bytes, condition);
    },
  });
  try {
    const before = await loadChannels(store, model);
    const time = new Date().toISOString();
    return {
      moved: await changeChannel(store, model, before, { channel: 'stable', to, actor, reason, time }, undefined),
    };
  } catch (error) {
    if (error instanceof TrainingError) return { code: error.code, message: error.message };
    throw error;
  }
}

function next(): Promise<{ to: string; reason: string }> {
  return new Promise((resolve) => process.once('message', (message) => resolve(message as never)));
}

for (;;) {
  const { to, reason } = await next();
  if (to === '') break;
  process.send!(await move(to, reason));
}
await real.close();
process.disconnect();
