/** Measures how long the first callers of a fresh Worker wait. */
import { MODEL, type Subject } from './subject.ts';
import type { BuiltWorker } from './worker-build.ts';
import { startWorker } from './worker-start.ts';

/** Milliseconds. */
export interface Start {
  /** From spawning workerd to its first answer (`GET /healthz`). */
  readonly ready: number;
  /** `POST /v1/classify` with an image; the Worker loads the release for the first one. */
  readonly first: number;
  readonly second: number;
}

export const startSteps = ['ready', 'first', 'second'] as const satisfies (keyof Start)[];

export interface ColdStarts {
  /** One entry per round. */
  readonly glimpse: Start[];
  readonly trivial: Start[];
}

export async function measureColdStarts(
  workers: Record<keyof ColdStarts, BuiltWorker>,
  subject: Subject,
  rounds: number,
): Promise<ColdStarts> {
  const starts: ColdStarts = { glimpse: [], trivial: [] };
  // The first round warms up the file system and this process. It is not counted.
  for (let round = -1; round < rounds; round++) {
    const order = round % 2 ? (['glimpse', 'trivial'] as const) : (['trivial', 'glimpse'] as const);
    for (const name of order) {
      const start = await measureStart(workers[name], subject);
      if (round >= 0) starts[name].push(start);
    }
  }
  return starts;
}

async function measureStart(built: BuiltWorker, subject: Subject): Promise<Start> {
  const spawned = performance.now();
  const worker = await startWorker(built);
  try {
    const answer = async (path: string, init?: RequestInit) => {
      const response = await worker.fetch(path, init);
      const text = await response.text();
      if (!response.ok) throw new Error(`${path} answered ${response.status}: ${text}`);
      return performance.now();
    };
    const ready = (await answer('/healthz')) - spawned;
    for (const [key, bytes] of subject.objects) await worker.put(key, bytes);
    const classify = async () => {
      const sent = performance.now();
      return (await answer(`/v1/classify?model=${MODEL}`, { method: 'POST', body: subject.file })) - sent;
    };
    return { ready, first: await classify(), second: await classify() };
  } finally {
    await worker.stop();
  }
}
