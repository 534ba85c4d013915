/** The benchmark's networks with their settings, for our trainer and for Keras. */
import { cifar10Bn } from '@glimpse/shared/model/architectures/cifar10-bn';
import { cifar10Tutorial } from '@glimpse/shared/model/architectures/cifar10-tutorial';
import type { Architecture } from '@glimpse/shared/model/network/architecture';
import { type Settings, settingsSchema } from '@glimpse/training/fit/settings';

export interface Workload {
  readonly architecture: Architecture;
  readonly settings: Settings;
  /** The equivalent class of keras.optimizers. */
  readonly kerasOptimizer: { readonly className: string; readonly config: Readonly<Record<string, unknown>> };
  /** Steps per slot: enough to hide the overhead of the clock and the protocol, few enough to spread disturbances evenly. */
  readonly stepsATurn: number;
}

export type WorkloadName = 'cifar10-tutorial' | 'cifar10-bn';

export const workloads: Record<WorkloadName, Workload> = {
  'cifar10-tutorial': {
    architecture: cifar10Tutorial,
    settings: settingsSchema.parse({ batchSize: 128, optimizer: 'rmsprop' }),
    kerasOptimizer: { className: 'RMSprop', config: { learning_rate: 0.001, rho: 0.9, epsilon: 1e-7 } },
    stepsATurn: 5,
  },
  'cifar10-bn': {
    architecture: cifar10Bn,
    settings: settingsSchema.parse({
      batchSize: 256,
      optimizer: { name: 'sgd', learningRate: 0.01, momentum: 0.9, nesterov: true },
    }),
    kerasOptimizer: { className: 'SGD', config: { learning_rate: 0.01, momentum: 0.9, nesterov: true } },
    stepsATurn: 3,
  },
};

export const workloadNames = Object.keys(workloads) as WorkloadName[];

/** The steps cycle through this many images from the start of the training set. */
export const STEP_IMAGES = 5120;
/** Images of each part in a short epoch. */
export const MEMORY_IMAGES = 2560;
/** Images for comparing the losses before the first step. */
export const LOSS_IMAGES = 500;

/** CIFAR-10 as raw files: pixels [count, 32, 32, 3], and one class byte per image. */
export interface DataFiles {
  readonly trainPixels: string;
  readonly trainClasses: string;
  readonly testPixels: string;
  readonly testClasses: string;
}
