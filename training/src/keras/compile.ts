/** How a model is compiled: our settings ⇄ Keras' `training_config`, in words that Keras 2.15 and 3.15 both read. */
import * as z from 'zod/mini';
import { type Settings, settingsSchema } from '../fit/settings.ts';

/** The part of a run's settings that Keras is told. */
export interface CompileSettings {
  readonly optimizer: 'sgd' | 'rmsprop' | 'adam' | 'adamw';
  readonly learningRate: number;
  /** Of sgd. */
  readonly momentum?: number;
  /** Of sgd. */
  readonly nesterov?: boolean;
}

interface KerasOptimizer {
  readonly className: string;
  readonly options: Readonly<Record<string, unknown>>;
}

const adam = { beta_1: 0.9, beta_2: 0.999, epsilon: 1e-7, amsgrad: false };

/** Only options that both versions know: either refuses one of the other's. */
function kerasOptimizer({ optimizer, momentum = 0, nesterov = false }: CompileSettings): KerasOptimizer {
  switch (optimizer) {
    case 'sgd':
      return { className: 'SGD', options: momentum === 0 ? {} : { momentum, nesterov } };
    case 'rmsprop':
      return { className: 'RMSprop', options: { rho: 0.9, epsilon: 1e-7, centered: false } };
    case 'adam':
      return { className: 'Adam', options: adam };
    case 'adamw':
      // Keras 2 knows no plain AdamW, and Keras 3 takes this one by its name alone, with its defaults.
      return { className: 'Custom>AdamW', options: { ...adam, weight_decay: 0.004, is_legacy_optimizer: false } };
  }
}

/** @returns the attribute `training_config` */
export function trainingConfig(settings: CompileSettings): unknown {
  const { className, options } = kerasOptimizer(settings);
  const name = className.replace('Custom>', '');
  return {
    loss: 'categorical_crossentropy',
    metrics: ['acc'],
    weighted_metrics: null,
    loss_weights: null,
    optimizer_config: {
      class_name: className,
      config: { name, learning_rate: floating(settings.learningRate), ...options },
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
  const settings = settingsSchema.safeParse({ optimizer, learningRate: options.learning_rate });
  return settings.success ? settings.data : settingsSchema.parse({});
}
