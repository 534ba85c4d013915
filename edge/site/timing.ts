/** Where the time of a call went, from what the browser measured and what the Worker says in `Server-Timing`. */

/** Of a PerformanceResourceTiming, what is asked here. */
export interface MeasuredCall {
  /** Milliseconds from the call to the last byte of its answer. */
  readonly duration: number;
  readonly serverTiming: readonly { readonly name: string; readonly duration: number }[];
}

export interface Timing {
  /** Milliseconds. The Worker's clock stands still while it computes, once it is deployed: there these are 0. */
  readonly decode: number;
  readonly infer: number;
  /** The rest of the Worker's time: its queue, and the release where it was not loaded yet. */
  readonly wait: number;
  /** What is not the Worker's. */
  readonly network: number;
  readonly total: number;
}

export function timingOf({ duration, serverTiming }: MeasuredCall): Timing {
  const of = (name: string) => serverTiming.find((part) => part.name === name)?.duration ?? 0;
  const [decode, infer] = [of('decode'), of('infer')];
  const server = Math.max(of('total'), decode + infer);
  return { decode, infer, wait: server - decode - infer, network: Math.max(0, duration - server), total: duration };
}
