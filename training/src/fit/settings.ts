/** What decides a run's result, besides the architecture, the data and the engine: the recipe. */
import * as z from 'zod/mini';
import { losses } from './losses/table.ts';
import { optimizerSchema } from './optimizers/table.ts';
import { scheduleSchema } from './schedules/schedule.ts';

/** A name alone stands for an object with the defaults. */
const named = (value: unknown) => (typeof value === 'string' ? { name: value } : value);

const pixels = z.int().check(z.gte(0), z.lte(256));

/** Changes that do not change what an image shows, drawn anew for each image and step; training only. */
export const augmentationSchema = z.strictObject({
  /** Mirrors every other image, left for right. */
  flip: z._default(z.boolean(), false),
  /** Moves by up to so many pixels each way; what comes in is a reflection. */
  translate: z._default(pixels, 0),
  /** Covers a square of this side with the mean color (DeVries and Taylor 2017). */
  cutout: z._default(pixels, 0),
});

const clippingSchema = z.strictObject({
  /** Of each weight's gradient (Keras' `clipnorm`). */
  norm: z.optional(z.number().check(z.positive())),
  /** Of all gradients together (Keras' `global_clipnorm`; Pascanu et al. 2013). */
  globalNorm: z.optional(z.number().check(z.positive())),
  /** Each number of a gradient to -value … value (Keras' `clipvalue`). */
  value: z.optional(z.number().check(z.positive())),
});

const earlyStoppingSchema = z.strictObject({
  monitor: z._default(z.enum(['val_loss', 'val_acc']), 'val_loss'),
  /** Epochs without improvement before the run ends. */
  patience: z.int().check(z.gte(0)),
  /** What counts as an improvement. */
  minDelta: z._default(z.number().check(z.gte(0)), 0),
});

export const settingsSchema = z.strictObject({
  epochs: z._default(z.int().check(z.gte(1), z.lte(100_000)), 10),
  /** Images a step; the last batch of an epoch may be smaller and is trained too. */
  batchSize: z._default(z.int().check(z.gte(1), z.lte(65_536)), 128),
  seed: z._default(z.int().check(z.gte(0), z.lte(2 ** 32 - 1)), 1),
  optimizer: z._default(z.pipe(z.transform(named), optimizerSchema), optimizerSchema.parse({ name: 'rmsprop' })),
  schedule: z._default(z.pipe(z.transform(named), scheduleSchema), { name: 'constant' }),
  loss: z._default(z.enum(Object.keys(losses) as [keyof typeof losses]), 'categoricalCrossentropy'),
  /** Share of a target that is spread over all classes (Szegedy et al. 2016). */
  labelSmoothing: z._default(z.number().check(z.gte(0), z.lt(1)), 0),
  /** Weight of each class in the training loss; `balanced`: so that all classes weigh the same together. */
  classWeights: z.optional(z.union([z.literal('balanced'), z.array(z.number().check(z.positive()))])),
  clipping: z._default(clippingSchema, {}),
  augmentation: z._default(augmentationSchema, augmentationSchema.parse({})),
  earlyStopping: z.optional(earlyStoppingSchema),
  /** The run's result is the epoch with the best of this; the last one where it is left out. */
  keepBest: z.optional(z.enum(['val_loss', 'val_acc'])),
});

export type Settings = z.output<typeof settingsSchema>;
/** As a person writes them: whatever is left out has a default. */
export type SettingsInput = z.input<typeof settingsSchema>;
