/** Clients that disconnect in the middle of their body leave nothing in the isolate. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { readSubject } from '../bench/subject.ts';
import { open } from '../support/worker/raw-request.ts';
import { openCollector } from './collect-garbage.ts';
import { startTarget } from './target.ts';

const CLIENTS = 1_500;
const AT_ONCE = 10;
/** Maximum heap growth per client, for code compiled in the meantime. A leaked request would be 2 KB. */
const MAX_EACH = 500;

test('clients that disconnect midway do not leak memory', async (t) => {
  const { worker, keys } = await startTarget(await readSubject());
  try {
    const collector = await openCollector(worker.inspector!, 'bench');
    const headers = { Authorization: `Bearer ${keys.app}`, 'Content-Length': '100000' };
    const leave = async (clients: number) => {
      for (let i = 0; i < clients; i += AT_ONCE) {
        const there = Array.from({ length: AT_ONCE }, () =>
          open(worker.url, { path: '/v1/classify', headers, parts: [new Uint8Array(20_000)] }),
        );
        await Promise.all(there.map(({ sent }) => sent));
        await sleep(10);
        for (const [index, client] of there.entries()) index % 2 ? client.leave() : client.reset();
      }
    };
    /** An isolate collects garbage only while it handles requests. */
    const heap = async () => {
      let over = false;
      const serving = (async () => {
        while (!over) {
          await worker.fetch('/healthz').then((answer) => answer.text());
          await sleep(5);
        }
      })();
      await sleep(1_000);
      const collected = await collector.collect();
      over = true;
      await serving;
      assert.ok(collected);
      return collected.used;
    };
    await leave(300);
    const before = await heap();
    await leave(CLIENTS);
    const each = ((await heap()) - before) / CLIENTS;
    t.diagnostic(`${each.toFixed(0)} bytes each`);
    assert.ok(each < MAX_EACH, `${each} bytes each`);
    collector.close();
  } finally {
    await worker.stop();
  }
});
