/** Converts between Glimpse's settings and Keras' `training_config`, in a form that Keras 2.15 and 3.15 both read. */
import * as z from 'zod/mini';
import { optimizerOf } from '../fit/optimizers/table.ts';
import { type Settings, settingsSchema } from '../fit/settings.ts';

/** The settings that are exported to Keras. */
export type CompileSettings = Pick<Settings, 'optimizer' | 'loss'>;

/** Keras' names for the losses. */
const lossNames: Record<Settings['loss'], string> = {
  categoricalCrossentropy: 'categorical_crossentropy',
  binaryCrossentropy: 'binary_crossentropy',
  meanSquaredError: 'mean_squared_error',
};

/** @returns the value of the `training_config` attribute */
export function trainingConfig(settings: CompileSettings): unknown {
  const { className, options } = optimizerOf(settings.optimizer).keras(settings.optimizer);
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

/** Keras 3 rejects integers here, but JSON writes 1.0 as 1. The next larger double rounds to the same float32. */
function floating(value: number): number {
  return Number.isInteger(value) ? value * (1 + Number.EPSILON) : value;
}

const compiled = z.object({
  optimizer_config: z.object({ class_name: z.string(), config: z.looseObject({ learning_rate: z.number() }) }),
});

/** Uses the optimizer that the file was compiled with if Glimpse supports it, and the default settings otherwise. */
export function importedSettings(config: unknown): Settings {
  const result = compiled.safeParse(config);
  if (!result.success) return settingsSchema.parse({});
  const { class_name, config: options } = result.data.optimizer_config;
  // Keras 2 writes `Custom>RMSprop`.
  const optimizer = class_name.replace(/^.*>/, '').toLowerCase();
  const settings = settingsSchema.safeParse({ optimizer: { name: optimizer, learningRate: options.learning_rate } });
  return settings.success ? settings.data : settingsSchema.parse({});
}
