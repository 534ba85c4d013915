/** Interleaved measurements: disturbances of the machine affect everything that is compared equally. */

/** By name, one value per round. */
export type Samples<Name extends string> = Record<Name, number[]>;

export interface InterleaveOptions {
  readonly rounds: number;
  /** Approximate milliseconds for each per round. Must be much longer than a tick of the clock, which is 1 ms in workerd. */
  readonly slotMs: number;
  /** Milliseconds that each runs before the first round, so that the engine has optimized it. */
  readonly warmUpMs: number;
  readonly now: () => number;
}

/**
 * Runs the tasks in turn, each as often as fits into a slot.
 *
 * @returns milliseconds per run
 */
export async function interleave<Name extends string>(
  works: Record<Name, () => unknown>,
  options: InterleaveOptions,
): Promise<Samples<Name>> {
  const { rounds, slotMs, warmUpMs, now } = options;
  const names = Object.keys(works) as Name[];
  const runs = {} as Record<Name, number>;
  for (const name of names) {
    await runFor(works[name], warmUpMs, now);
    // Counted after the warm-up, because the first runs are slower.
    runs[name] = Math.max(1, Math.round(await runFor(works[name], slotMs, now)));
  }
  const samples = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Samples<Name>;
  for (let round = 0; round < rounds; round++) {
    for (const name of turns(names, round)) {
      const work = works[name];
      const started = now();
      for (let run = 0; run < runs[name]; run++) await work();
      samples[name].push((now() - started) / runs[name]);
    }
  }
  return samples;
}

/** A B C, A C B, C A B, C B A, …: after three pairs of rounds, each has followed each other one equally often. */
export function turns<Name extends string>(names: readonly Name[], round: number): Name[] {
  const first = round % names.length;
  const order = [...names.slice(first), ...names.slice(0, first)];
  return round % 2 === 0 ? order : order.reverse();
}

/** @returns the number of runs */
async function runFor(work: () => unknown, milliseconds: number, now: () => number): Promise<number> {
  const started = now();
  let runs = 0;
  do {
    await work();
    runs++;
  } while (now() - started < milliseconds);
  return runs;
}

export interface Summary {
  readonly median: number;
  /** The middle half of the values is between these. */
  readonly lowerQuartile: number;
  readonly upperQuartile: number;
}

/** @param figures at least one */
export function summarize(figures: readonly number[]): Summary {
  const sorted = figures.toSorted((a, b) => a - b);
  return {
    median: quantile(sorted, 0.5),
    lowerQuartile: quantile(sorted, 0.25),
    upperQuartile: quantile(sorted, 0.75),
  };
}

/** One ratio per round: a disturbance of the round slows down both and cancels out. */
export function ratios(figures: readonly number[], base: readonly number[]): number[] {
  return figures.map((figure, round) => figure / base[round]!);
}

/** One difference per round. */
export function differences(figures: readonly number[], base: readonly number[]): number[] {
  return figures.map((figure, round) => figure - base[round]!);
}

/** The nearest-rank percentile; 0 without values. */
export function percentile(figures: readonly number[], share: number): number {
  const sorted = figures.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}

/** Linear interpolation between the two nearest values (definition 7 of Hyndman and Fan, 1996). */
function quantile(sorted: readonly number[], q: number): number {
  const at = (sorted.length - 1) * q;
  const below = sorted[Math.floor(at)]!;
  return below + (sorted[Math.ceil(at)]! - below) * (at % 1);
}
