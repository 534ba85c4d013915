/** How a model is compiled: our settings ⇄ Keras' `training_config`, in words that Keras 2.15 and 3.15 both read. */
import * as z from 'zod/mini';
import type { OptimizerOptions } from '../fit/optimizers/table.ts';
import { type Settings, settingsSchema } from '../fit/settings.ts';

/** The part of a run's settings that Keras is told. */
export type CompileSettings = Pick<Settings, 'optimizer' | 'loss'>;

interface KerasOptimizer {
  readonly className: string;
  readonly options: Readonly<Record<string, unknown>>;
}

/** Only options that both versions know: either refuses one of the other's. */
function kerasOptimizer(optimizer: OptimizerOptions): KerasOptimizer {
  switch (optimizer.name) {
    case 'sgd': {
      const { momentum, nesterov } = optimizer;
      return { className: 'SGD', options: momentum === 0 ? {} : { momentum, nesterov } };
    }
    case 'rmsprop': {
      const { rho, momentum, epsilon } = optimizer;
      return { className: 'RMSprop', options: { rho, momentum, epsilon, centered: false } };
    }
    case 'adam':
      return { className: 'Adam', options: adamOptions(optimizer) };
    case 'adamw':
      // Keras 2 knows no plain AdamW, and Keras 3 takes this one by its name alone, with its defaults.
      return {
        className: 'Custom>AdamW',
        options: { ...adamOptions(optimizer), weight_decay: optimizer.weightDecay, is_legacy_optimizer: false },
      };
  }
}

function adamOptions({ beta1, beta2, epsilon }: Extract<OptimizerOptions, { name: 'adam' | 'adamw' }>) {
  return { beta_1: beta1, beta_2: beta2, epsilon, amsgrad: false };
}

/** Keras' names of the losses. */
const lossNames: Record<Settings['loss'], string> = {
  categoricalCrossentropy: 'categorical_crossentropy',
  binaryCrossentropy: 'binary_crossentropy',
  meanSquaredError: 'mean_squared_error',
};

/** @returns the attribute `training_config` */
export function trainingConfig(settings: CompileSettings): unknown {
  const { className, options } = kerasOptimizer(settings.optimizer);
  const name = className.replace('Custom>', '');
  return {
    loss: lossNames[settings.loss],
    metrics: ['acc'],
    weighted_metrics: null,
    loss_weights: null,
    optimizer_config: {
      class_name: className,
      config: { name, learning_rate: floating(settings.optimizer.learningRate), ...options },
    },
  };
}

/**
 * Keras 3 refuses a whole number here, and JSON writes 1.0 as 1: the next number behind it is the same one once it is a
 * float32.
 */
function floating(value: number): number {
  return Number.isInteger(value) ? value * (1 + Number.EPSILON) : value;
}

const compiled = z.object({
  optimizer_config: z.object({ class_name: z.string(), config: z.looseObject({ learning_rate: z.number() }) }),
});

/** The settings that a file was compiled with, as far as they can be said in ours; else the defaults. */
export function importedSettings(config: unknown): Settings {
  const result = compiled.safeParse(config);
  if (!result.success) return settingsSchema.parse({});
  const { class_name, config: options } = result.data.optimizer_config;
  // Keras 2 writes `Custom>RMSprop`.
  const optimizer = class_name.replace(/^.*>/, '').toLowerCase();
  const settings = settingsSchema.safeParse({ optimizer: { name: optimizer, learningRate: options.learning_rate } });
  return settings.success ? settings.data : settingsSchema.parse({});
}
