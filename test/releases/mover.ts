/**
 * Moves a channel again and again as a process of its own, each time when it is told to by its parent:
 * `{ to, reason }` comes in; it reads the channels, says `ready`, and at `go` writes. Between the two another one may come.
 *
 *     node mover.ts s3://bucket/prefix MODEL ACTOR     (with a channel for messages, as `fork` makes it)
 */

import { changeChannel } from '@glimpse/training/publish/change-channel';
import { loadChannels } from '@glimpse/training/publish/move';
import type { ReleaseStore } from '@glimpse/training/publish/store';
import { openStore } from '@glimpse/training/store/open-store';
import { TrainingError } from '@glimpse/training/training-error';

const [place = '', model = '', actor = ''] = process.argv.slice(2);
const real = await openStore(place, '');

async function move(to: string, reason: string): Promise<object> {
  // All but the write itself is done when the other one is as far: then the race is about nothing else.
  const store: ReleaseStore = {
    ...real,
    async put(key, bytes, condition) {
      if (key.endsWith('/channels.json')) {
        process.send!({ ready: true });
        await next();
      }
      return real.put(key, bytes, condition);
    },
  };
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
