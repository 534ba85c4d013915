/** The runtime test Worker in workerd: runs one of its scenarios and returns the result. */
import '../../../edge/dev/quiet-wrangler.ts';
import assert from 'node:assert/strict';
import { createTestHarness } from 'wrangler';
import { root } from './root.ts';

export interface Harness {
  // biome-ignore lint/suspicious/noExplicitAny: each test asserts the type that it expects
  scenario(name: string): Promise<any>;
  /** The status of a scenario that must fail. */
  fail(name: string): Promise<number>;
  close(): Promise<void>;
}

export async function openHarness(): Promise<Harness> {
  const server = createTestHarness({
    root,
    workers: [
      {
        config: {
          name: 'runtime',
          main: 'test/support/runtime-worker/worker.ts',
          compatibility_date: '2026-11-17',
          compatibility_flags: ['no_nodejs_compat', 'no_nodejs_compat_v2'],
        },
      },
    ],
  });
  await server.listen();
  return {
    async scenario(name) {
      const response = await server.fetch(`/${name}`);
      const text = await response.text();
      assert.equal(response.status, 200, text);
      return JSON.parse(text);
    },
    fail: async (name) => (await server.fetch(`/${name}`)).status,
    close: () => server.close(),
  };
}
