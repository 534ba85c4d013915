/** Runs mixed load on one Worker and collects the results. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Readiness } from '@glimpse/shared/api/health';
import { readSubject } from '../bench/subject.ts';
import { workerdBytes } from '../images/workerd-memory.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { openCollector } from './collect-garbage.ts';
import type { Sample } from './flat.ts';
import { badKinds } from './invalid-requests.ts';
import { ask, json, type Kind, type World } from './kind.ts';
import { knownImages } from './known-images.ts';
import { Tally, type TallyResult } from './tally.ts';
import { startTarget, type Target } from './target.ts';
import { goodKinds, hasty, large, medium } from './valid-requests.ts';

export interface LoadOptions {
  readonly seconds: number;
  readonly clients: number;
  /** Milliseconds that a client waits between an answer and its next request, on average. */
  readonly pauseMs: number;
  readonly sampleSeconds: number;
  /** Interval between bursts of more requests than the queue accepts. */
  readonly burstSeconds: number;
  /** Called with the progress from time to time. */
  readonly note?: (line: string) => void;
}

export interface LoadResult extends Pick<LoadOptions, 'clients'> {
  readonly seconds: number;
  readonly tally: TallyResult;
  /** The number of requests in bursts. */
  readonly bursts: number;
  readonly samples: readonly Sample[];
  /** The state after the load. */
  readonly after: Pick<Readiness, 'tensors' | 'tensorBytes' | 'heldBytes'>;
  readonly log: Target['log'];
}

/** Requests per burst: about twice the limits of the queue and of held bodies. */
const burst: readonly (readonly [Kind, number])[] = [
  [inBursts(medium), 60],
  [inBursts(large), 24],
];
/** Afterwards, since it is of no use where the line is full. */
const HASTY = 600;

export async function runLoad(options: LoadOptions): Promise<LoadResult> {
  const { seconds, clients, pauseMs, sampleSeconds, burstSeconds, note = () => {} } = options;
  const subject = await readSubject();
  const images = await knownImages(subject);
  const { worker, keys, log } = await startTarget(subject);
  try {
    const { version, labels } = subject.manifest;
    const { modelJson, weightsBin } = subject.release;
    const files = new Map([
      ['model.json', new TextEncoder().encode(modelJson)],
      ['weights.bin', new Uint8Array(weightsBin)],
    ]);
    const world: World = { url: worker.url, keys, images, version, labels, files };
    const collector = await openCollector(worker.inspector!, 'bench');
    const tally = new Tally();
    const turns = new Map<Kind, number>();
    const send = (kind: Kind) => {
      const turn = turns.get(kind) ?? 0;
      turns.set(kind, turn + 1);
      return tally.send(kind, () => kind.send(world, turn));
    };
    // Sends each kind once first, so that even a short load includes them all.
    for (const kind of [...goodKinds, ...badKinds]) await send(kind);

    const began = performance.now();
    const elapsed = () => (performance.now() - began) / 1000;
    // The load is the same each time, except for the order of answers.
    const random = seededRandom(1);
    const client = async () => {
      while (elapsed() < seconds) {
        await send(drawn(random()));
        // Random pauses, as between independent callers.
        await sleep(-Math.log(1 - random()) * pauseMs);
      }
    };
    let bursts = 0;
    const bursting = async () => {
      for (let next = burstSeconds / 2; next < seconds; next += burstSeconds) {
        await sleep(Math.max(0, next - elapsed()) * 1000);
        const before = tally.sent;
        const together = (kind: Kind, count: number) => Array.from({ length: count }, () => send(kind));
        await Promise.all(burst.flatMap(([kind, count]) => together(kind, count)));
        await Promise.all(together(hasty, HASTY));
        bursts += tally.sent - before;
      }
    };
    const samples: Sample[] = [];
    const sampling = async () => {
      for (let next = sampleSeconds; next <= seconds; next += sampleSeconds) {
        await sleep(Math.max(0, next - elapsed()) * 1000);
        const ready = await readiness(world);
        const heap = await collector.collect();
        samples.push({
          at: elapsed(),
          heap,
          rss: await workerdBytes(),
          tensors: ready?.tensors,
          tensorBytes: ready?.tensorBytes,
        });
        const { rss, tensors } = samples.at(-1)!;
        note(
          `${elapsed().toFixed(0)} s: ${tally.sent} sent, ${tally.wrong} wrong, ${(rss / 1e6).toFixed(0)} MB, heap ${((heap?.used ?? 0) / 1e6).toFixed(1)} MB, ${tensors} tensors`,
        );
      }
    };
    await Promise.all([...Array.from({ length: clients }, client), bursting(), sampling()]);
    const lasted = elapsed();
    // By then, the Worker has released the bodies of clients that disconnected or were too slow.
    const after = await settled(world);
    collector.close();
    return { seconds: lasted, clients, tally: tally.result(), bursts, samples, after, log };
  } finally {
    await worker.stop();
  }
}

async function readiness(world: World): Promise<Readiness | undefined> {
  const answered = await ask(world, '/readyz');
  return answered.status === 200 ? json(answered) : undefined;
}

const SETTLED_WITHIN_MS = 20_000;

async function settled(world: World): Promise<Readiness> {
  const began = performance.now();
  for (;;) {
    const ready = await readiness(world);
    if (ready && (ready.heldBytes === 0 || performance.now() - began > SETTLED_WITHIN_MS)) return ready;
    await sleep(500);
  }
}

const drawable = [...goodKinds, ...badKinds].filter(({ weight }) => weight > 0);
const total = drawable.reduce((sum, { weight }) => sum + weight, 0);

/** @param share 0 to 1 */
function drawn(share: number): Kind {
  let left = share * total;
  return drawable.find(({ weight }) => {
    left -= weight;
    return left < 0;
  })!;
}

function inBursts(kind: Kind): Kind {
  return { ...kind, name: `${kind.name}, in bursts` };
}
