/** The Worker under load with all features: keys, rate limits, quotas, feedback with images, docs and logs. */
import { join } from 'node:path';
import { metered, rateLimits } from '../bench/guarded.ts';
import type { Subject } from '../bench/subject.ts';
import { buildWorker } from '../bench/worker-build.ts';
import { type StartedWorker, startWorker } from '../bench/worker-start.ts';
import { testKey } from '../support/worker/keys.ts';
import { ROOT } from '../support/worker/start-worker.ts';

/** The origin of the publishable key. */
export const PAGE = 'https://shop.example';
/** Short, so that bodies that are too slow occur. In seconds. */
export const BODY_SECONDS = 5;
/** Requests in 10 seconds, as in wrangler.toml. */
const PER_KEY = 500;
const PER_ADDRESS = 100;
/** A day. */
const SCARCE = 100;

const NAMES = ['app', 'metered', 'scarce', 'hasty', 'page', 'classifyOnly', 'revoked', 'unknown'] as const;
export type KeyName = (typeof NAMES)[number];

export interface Target {
  readonly worker: StartedWorker;
  /** The keys as sent. The Worker has no record of `unknown`. */
  readonly keys: Readonly<Record<KeyName, string>>;
  /** The number of log lines by level and subject, and the first error lines. */
  readonly log: { readonly counts: Record<string, number>; readonly errors: string[] };
}

const changes = {
  app: {},
  metered: { quotaPerDay: 10_000_000 },
  scarce: { quotaPerDay: SCARCE },
  hasty: {},
  page: { kind: 'publishable', origins: [PAGE] },
  classifyOnly: { scopes: ['classify'] },
  revoked: { revoked: '2026-11-25T10:00:00.000Z' },
  unknown: {},
} as const satisfies Record<KeyName, object>;

const MAX_ERRORS = 20;

/**
 * workerd's message if a client disconnects while its request waits in the queue, for another request, or for a release. It is
 * counted, but is not an error.
 */
const LEFT = /IoContext dropped queued cross-context actions/;

export async function startTarget(subject: Subject): Promise<Target> {
  const log: Target['log'] = { counts: {}, errors: [] };
  const text = (value: string) => ({ type: 'text', value }) as const;
  const worker = await startWorker(await buildWorker(), {
    env: {
      ...metered.env,
      ...rateLimits(PER_KEY, PER_ADDRESS),
      FEEDBACK_SECRET: text('the-secret-of-the-load-in-32-characters-or-more'),
      FEEDBACK_IMAGES: text('on'),
      LOG_REQUESTS: text('on'),
      BODY_SECONDS: text(String(BODY_SECONDS)),
    },
    exports: metered.exports,
    assets: join(ROOT, 'edge/dist'),
    onLog: (line) => noteLine(log, line),
    inspect: true,
  });
  try {
    for (const [key, bytes] of subject.objects) await worker.put(key, bytes);
    const keys = {} as Record<KeyName, string>;
    for (const name of NAMES) {
      const { text: key, object, record } = await testKey(changes[name] as Parameters<typeof testKey>[0]);
      keys[name] = key;
      if (name !== 'unknown') await worker.putInto('PRIVATE', object, JSON.stringify(record));
    }
    return { worker, keys, log };
  } catch (error) {
    await worker.stop();
    throw error;
  }
}

function noteLine({ counts, errors }: Target['log'], line: string): void {
  let name = LEFT.test(line) ? 'warning runtime' : 'other';
  try {
    const { level, what } = JSON.parse(line);
    name = `${level} ${what}`;
  } catch {
    // A message from workerd, not from the Worker.
  }
  counts[name] = (counts[name] ?? 0) + 1;
  if (!/^(info|warning) /.test(name) && errors.length < MAX_ERRORS) errors.push(line.slice(0, 500));
}
