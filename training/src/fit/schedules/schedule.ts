/** How the learning rate changes over a run. A new schedule is one entry of the schema and one function. */
import * as z from 'zod/mini';

const share = z.number().check(z.gte(0), z.lte(1));

export const scheduleSchema = z.discriminatedUnion('name', [
  z.strictObject({ name: z.literal('constant') }),
  z.strictObject({
    name: z.literal('step'),
    /** Epochs between two changes. */
    every: z._default(z.int().check(z.positive()), 10),
    factor: z._default(z.number().check(z.positive(), z.lte(1)), 0.1),
  }),
  z.strictObject({
    name: z.literal('cosine'),
    /** Epochs during which the rate rises from 0. */
    warmupEpochs: z._default(z.number().check(z.gte(0)), 0),
    /** The final rate, as a share of the optimizer's rate. */
    final: z._default(share, 0),
  }),
  z.strictObject({
    name: z.literal('one-cycle'),
    /** Share of the run during which the rate rises. */
    rise: z._default(share, 0.3),
    /** The first rate is the optimizer's divided by this. */
    startDivisor: z._default(z.number().check(z.gte(1)), 25),
    /** The last rate is the first one divided by this. */
    endDivisor: z._default(z.number().check(z.gte(1)), 10_000),
  }),
]);

export type Schedule = z.output<typeof scheduleSchema>;

export interface ScheduleStep {
  /** Steps since the run began, from 0. */
  readonly step: number;
  readonly stepsPerEpoch: number;
  readonly epochs: number;
}

type Factor<Name> = (progress: ScheduleStep, options: Extract<Schedule, { name: Name }>) => number;

const factors: { [Name in Schedule['name']]: Factor<Name> } = {
  constant: () => 1,
  step: ({ step, stepsPerEpoch }, { every, factor }) => factor ** Math.floor(step / (every * stepsPerEpoch)),

  /** Loshchilov and Hutter 2017, without restarts; Keras' `CosineDecay`. */
  cosine({ step, stepsPerEpoch, epochs }, { warmupEpochs, final }) {
    const warmup = Math.round(warmupEpochs * stepsPerEpoch);
    if (step < warmup) return (step + 1) / warmup;
    const done = (step - warmup) / Math.max(1, epochs * stepsPerEpoch - warmup);
    return final + (1 - final) * halfCosine(done);
  },

  /** Smith and Topin 2018, with cosines instead of straight lines, as in PyTorch's `OneCycleLR`. */
  'one-cycle'({ step, stepsPerEpoch, epochs }, { rise, startDivisor, endDivisor }) {
    const last = Math.max(1, epochs * stepsPerEpoch - 1);
    const top = rise * last;
    const first = 1 / startDivisor;
    if (step <= top) return first + (1 - first) * (1 - halfCosine(top === 0 ? 1 : step / top));
    const end = first / endDivisor;
    return end + (1 - end) * halfCosine((step - top) / (last - top));
  },
};

/** 1 at 0, 0 at 1 and beyond. */
function halfCosine(done: number): number {
  return (1 + Math.cos(Math.PI * Math.min(1, done))) / 2;
}

export const scheduleNames = Object.keys(factors);

/** The factor for the optimizer's learning rate in a step. */
export function scheduleFactor(schedule: Schedule, progress: ScheduleStep): number {
  return (factors[schedule.name] as Factor<Schedule['name']>)(progress, schedule);
}
