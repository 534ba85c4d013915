/** The settings of a run. With the architecture, the data and the engine, they determine its result. */
import * as z from 'zod/mini';
import { losses } from './losses/table.ts';
import { optimizerSchema } from './optimizers/table.ts';
import { scheduleSchema } from './schedules/schedule.ts';
import { optionInfo } from './setting-options.ts';

/** A name alone stands for an object with the defaults. */
const named = (value: unknown) => (typeof value === 'string' ? { name: value } : value);

const pixels = z.int().check(z.gte(0), z.lte(256));
const positive = z.number().check(z.positive());

/** Random changes to training images that keep their class. They are drawn for each image and step. */
export const augmentationSchema = z.strictObject({
  flip: z._default(z.boolean(), false).register(optionInfo, {
    flag: '--flip',
    help: 'mirror half of the training images, left for right',
  }),
  // What moves in at an edge is a reflection.
  translate: z._default(pixels, 0).register(optionInfo, {
    flag: '--translate <pixels>',
    help: 'shift training images by up to this many pixels in each direction',
  }),
  // DeVries and Taylor 2017.
  cutout: z._default(pixels, 0).register(optionInfo, {
    flag: '--cutout <pixels>',
    help: 'cover a square with this side in each training image with the mean color',
  }),
});

const clippingSchema = z.strictObject({
  norm: z
    .optional(positive)
    .register(optionInfo, { help: "maximum norm of each weight's gradient (Keras: `clipnorm`)" }),
  // Pascanu et al. 2013.
  globalNorm: z.optional(positive).register(optionInfo, {
    help: 'maximum norm of all gradients together (Keras: `global_clipnorm`)',
  }),
  value: z.optional(positive).register(optionInfo, {
    help: 'maximum absolute value in a gradient (Keras: `clipvalue`)',
  }),
});

const earlyStoppingSchema = z.strictObject({
  monitor: z._default(z.enum(['val_loss', 'val_acc']), 'val_loss').register(optionInfo, { help: 'metric to improve' }),
  patience: z.int().check(z.gte(0)).register(optionInfo, {
    flag: '--early-stopping <epochs>',
    help: 'stop after this many epochs without improvement',
  }),
  minDelta: z._default(z.number().check(z.gte(0)), 0).register(optionInfo, {
    help: 'smallest change that counts as an improvement',
  }),
});

export const settingsSchema = z.strictObject({
  epochs: z._default(z.int().check(z.gte(1), z.lte(100_000)), 10).register(optionInfo, {
    flag: '--epochs <n>',
    help: 'passes over the training set',
  }),
  // The last batch of an epoch may be smaller. It is trained, too.
  batchSize: z._default(z.int().check(z.gte(1), z.lte(65_536)), 128).register(optionInfo, {
    flag: '--batch-size <n>',
    help: 'images per step',
  }),
  seed: z._default(z.int().check(z.gte(0), z.lte(2 ** 32 - 1)), 1).register(optionInfo, {
    flag: '--seed <n>',
    help: 'determines every random choice',
  }),
  optimizer: z
    ._default(z.pipe(z.transform(named), optimizerSchema), optimizerSchema.parse({ name: 'rmsprop' }))
    .register(optionInfo, { flag: '--optimizer <name>', help: 'how gradients change the weights' }),
  schedule: z
    ._default(z.pipe(z.transform(named), scheduleSchema), { name: 'constant' })
    .register(optionInfo, { flag: '--schedule <name>', help: 'how the learning rate changes' }),
  loss: z
    ._default(z.enum(Object.keys(losses) as [keyof typeof losses]), 'categoricalCrossentropy')
    .register(optionInfo, { help: 'what training minimizes' }),
  // Szegedy et al. 2016.
  labelSmoothing: z._default(z.number().check(z.gte(0), z.lt(1)), 0).register(optionInfo, {
    flag: '--label-smoothing <share>',
    help: 'share of each target that is spread over all classes',
  }),
  classWeights: z.optional(z.union([z.literal('balanced'), z.array(positive)])).register(optionInfo, {
    flag: '--balanced',
    value: 'balanced',
    values: "`'balanced'`, or a number per class",
    help: 'weight classes in the loss; balanced: all classes count the same',
  }),
  clipping: z._default(clippingSchema, {}),
  augmentation: z._default(augmentationSchema, augmentationSchema.parse({})),
  earlyStopping: z.optional(earlyStoppingSchema),
  keepBest: z.optional(z.enum(['val_loss', 'val_acc'])).register(optionInfo, {
    flag: '--keep-best',
    value: 'val_acc',
    help: 'the result is the epoch with the best value of this metric (--keep-best: val_acc), not the last epoch',
  }),
});

export type Settings = z.output<typeof settingsSchema>;
/** As written in a recipe: omitted settings have defaults. */
export type SettingsInput = z.input<typeof settingsSchema>;
