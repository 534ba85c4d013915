/** The time of each step of a call, from the browser's measurement and the Worker's `Server-Timing`. */

/** The members used of a PerformanceResourceTiming. */
export interface MeasuredCall {
  /** Milliseconds from the request to the last byte of the response. */
  readonly duration: number;
  readonly serverTiming: readonly { readonly name: string; readonly duration: number }[];
}

export interface Timing {
  /** Milliseconds. 0 on Cloudflare, where a Worker's clock stops while it computes. */
  readonly decode: number;
  readonly infer: number;
  /** The rest of the Worker's time: its queue, and loading the release. */
  readonly other: number;
  /** The time outside the Worker. */
  readonly network: number;
  readonly total: number;
}

export function timingOf({ duration, serverTiming }: MeasuredCall): Timing {
  const durationOf = (name: string) => serverTiming.find((part) => part.name === name)?.duration ?? 0;
  const [decode, infer] = [durationOf('decode'), durationOf('infer')];
  const server = Math.max(durationOf('total'), decode + infer);
  return { decode, infer, other: server - decode - infer, network: Math.max(0, duration - server), total: duration };
}
