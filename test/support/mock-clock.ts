/** A clock that only the test advances: no test waits, and none fails because the machine is busy. */
import type { TestContext } from 'node:test';

/** Mocks `setTimeout` and `Date` until the test ends. @returns a function that advances the clock, millisecond by millisecond */
export function mockClock(t: TestContext): (ms: number) => Promise<void> {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'], now: Date.now() });
  return async (ms) => {
    for (let passed = 0; passed < ms; passed++) {
      // Lets everything that waits for a promise reach its next timer.
      await new Promise((resolve) => setImmediate(resolve));
      t.mock.timers.tick(1);
    }
    await new Promise((resolve) => setImmediate(resolve));
  };
}
