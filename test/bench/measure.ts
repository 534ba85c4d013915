/** Measuring side by side: what is compared takes turns, so that whatever the machine does meanwhile hits all alike. */

/** By name: one figure a round. */
export type Samples<Name extends string> = Record<Name, number[]>;

export interface InterleaveOptions {
  readonly rounds: number;
  /** Milliseconds that each gets in a round, about. Has to be long against a tick of the clock: workerd's is 1 ms. */
  readonly slotMs: number;
  /** Milliseconds that each runs before the first round, so that the engine has compiled it for good. */
  readonly warmUpMs: number;
  readonly now: () => number;
}

/**
 * Runs each work in turn, as often as fits a slot.
 *
 * @returns milliseconds a run
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
    // Counted afterwards, since the first runs are slower than those to come.
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

/** A B C, A C B, C A B, C B A, …: after three pairs of rounds, each has come after each other one equally often. */
export function turns<Name extends string>(names: readonly Name[], round: number): Name[] {
  const first = round % names.length;
  const order = [...names.slice(first), ...names.slice(0, first)];
  return round % 2 === 0 ? order : order.reverse();
}

/** @returns how often it ran */
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
  /** The middle half of the figures lies between these. */
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

/** Of each round for itself: what slows a round down slows both, and cancels out. */
export function ratios(figures: readonly number[], base: readonly number[]): number[] {
  return figures.map((figure, round) => figure / base[round]!);
}

/** As `ratios`. */
export function differences(figures: readonly number[], base: readonly number[]): number[] {
  return figures.map((figure, round) => figure - base[round]!);
}

/** The smallest of the figures that as large a share is not above; 0 of none. */
export function percentile(figures: readonly number[], share: number): number {
  const sorted = figures.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}

/** Linear between the two nearest figures (definition 7 of Hyndman and Fan, 1996). */
function quantile(sorted: readonly number[], q: number): number {
  const at = (sorted.length - 1) * q;
  const below = sorted[Math.floor(at)]!;
  return below + (sorted[Math.ceil(at)]! - below) * (at % 1);
}
