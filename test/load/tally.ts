/** Counts requests and answers, with their times. */
import { percentile } from '../bench/measure.ts';
import type { Kind, Outcome } from './kind.ts';

export interface KindCount {
  readonly name: string;
  readonly route: string;
  readonly bad: boolean;
  /** Answers by status; `left` and `none` (no answer came) among them. */
  readonly statuses: Record<string, number>;
  /** Milliseconds of answers other than 503. */
  readonly p50: number;
  readonly p99: number;
}

export interface TallyResult {
  readonly sent: number;
  readonly kinds: readonly KindCount[];
  readonly wrong: number;
  /** The first wrong answers. */
  readonly examples: readonly string[];
}

const MAX_EXAMPLES = 30;

interface Entry {
  readonly kind: Kind;
  readonly statuses: Record<string, number>;
  readonly times: number[];
}

export class Tally {
  readonly #entries = new Map<string, Entry>();
  readonly #examples: string[] = [];
  #wrong = 0;
  #sent = 0;

  get sent(): number {
    return this.#sent;
  }

  get wrong(): number {
    return this.#wrong;
  }

  /** Sends one request and records the outcome. */
  async send(kind: Kind, send: () => Promise<Outcome>): Promise<void> {
    const entry = this.#entryOf(kind);
    const began = performance.now();
    let outcome: Outcome | { readonly status: 'none'; readonly wrong: string };
    try {
      outcome = await send();
    } catch (error) {
      const { message, cause } = error as Error;
      outcome = { status: 'none', wrong: `${message} ${cause ?? ''}` };
    }
    const { status, wrong } = outcome;
    this.#sent++;
    entry.statuses[status] = (entry.statuses[status] ?? 0) + 1;
    if (typeof status === 'number' && status !== 503) entry.times.push(performance.now() - began);
    if (wrong === undefined) return;
    this.#wrong++;
    if (this.#examples.length < MAX_EXAMPLES) this.#examples.push(`${new Date().toISOString()} ${kind.name}: ${wrong}`);
  }

  result(): TallyResult {
    const kinds = [...this.#entries.values()].map(({ kind, statuses, times }) => ({
      name: kind.name,
      route: kind.route,
      bad: kind.bad ?? false,
      statuses,
      p50: percentile(times, 0.5),
      p99: percentile(times, 0.99),
    }));
    return { sent: this.#sent, kinds, wrong: this.#wrong, examples: this.#examples };
  }

  #entryOf(kind: Kind): Entry {
    const before = this.#entries.get(kind.name);
    if (before) return before;
    const entry = { kind, statuses: {}, times: [] };
    this.#entries.set(kind.name, entry);
    return entry;
  }
}
