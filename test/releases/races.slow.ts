/** Promote against rollback from two processes at once: one wins, the loser is told who won, and no move is lost. */
import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import test from 'node:test';
import { historyFaults } from '@glimpse/shared/release/channels';
import { loadChannels, wholeHistory } from '@glimpse/training/publish/move';
import { publish } from '@glimpse/training/publish/publish';
import { openStore } from '@glimpse/training/store/open-store';
import { count } from '../support/counts.ts';
import { testRelease } from '../support/release.ts';
import { BUCKET, S3_MISSING, s3Available, startS3 } from '../support/start-s3.ts';

const RACES = count('races');
const MODEL = 'raced';

interface Answer {
  readonly moved?: boolean;
  readonly code?: string;
  readonly message?: string;
}

test(`${RACES} races on a real S3 server`, { skip: (await s3Available()) ? false : S3_MISSING }, async (t) => {
  const s3 = await startS3();
  Object.assign(process.env, s3.env);
  const place = `s3://${BUCKET}/races`;
  const store = await openStore(place, '');
  const releases = await Promise.all([1, 2, 3].map((seed) => testRelease({ model: MODEL, seed })));
  for (const release of releases) {
    const time = new Date().toISOString();
    await publish(release, store, { model: MODEL, channel: 'stable', actor: 'setup', reason: 'setup', time });
  }
  const [older, newer] = [releases[0]!.version, releases[1]!.version];
  const movers = ['ann', 'bob'].map((actor) => fork(join(import.meta.dirname, 'mover.ts'), [place, MODEL, actor]));
  try {
    const wins: Record<string, number> = { ann: 0, bob: 0 };
    let told = 0;
    for (let race = 0; race < RACES; race++) {
      const [ann, bob] = movers as [ChildProcess, ChildProcess];
      // Both move the channel to a new version, each to a different one.
      const at = (await loadChannels(store, MODEL)).channels!.channels.stable!.version;
      const [up, down] = [newer, older].map((to) => (to === at ? releases[2]!.version : to));
      await Promise.all([
        ask(ann, { to: up!, reason: `promote ${race}` }),
        ask(bob, { to: down!, reason: `rollback ${race}` }),
      ]);
      const answers = (await Promise.all([ask(ann, 'go'), ask(bob, 'go')])) as Answer[];
      const winner = answers.findIndex(({ moved }) => moved);
      const loser = answers[1 - winner]!;
      assert.equal(answers.filter(({ moved }) => moved).length, 1, JSON.stringify(answers));
      const name = ['ann', 'bob'][winner]!;
      wins[name]!++;
      assert.equal(loser.code, 'publish-conflict');
      if (new RegExp(`meanwhile ${name} moved "stable" to ${[up, down][winner]}`).test(loser.message!)) told++;
      const { channels } = await loadChannels(store, MODEL);
      assert.equal(channels!.channels.stable!.version, [up, down][winner]);
    }
    const { channels } = await loadChannels(store, MODEL);
    const moves = await wholeHistory(store, MODEL, channels!);
    t.diagnostic(
      `${RACES} races: ann won ${wins.ann}, bob ${wins.bob}; ${told} losers told who won; ` +
        `${moves.length} moves in the history, ${RACES + 3 - moves.length} lost`,
    );
    assert.equal(told, RACES);
    assert.equal(moves.length, RACES + 3);
    assert.deepEqual(historyFaults(channels!, moves), []);
    for (let race = 0; race < RACES; race++) {
      assert.equal(moves.filter(({ reason }) => new RegExp(`^(promote|rollback) ${race}$`).test(reason)).length, 1);
    }
  } finally {
    for (const mover of movers) mover.send({ to: '', reason: '' });
    await Promise.all(movers.map((mover) => once(mover, 'exit')));
    await store.close();
    await s3.stop();
  }
});

async function ask(mover: ChildProcess, message: object | string): Promise<unknown> {
  const answer = once(mover, 'message');
  mover.send(message);
  return (await answer)[0];
}
