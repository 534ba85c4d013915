/** Starts the competitors' processes. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeTopology } from '@glimpse/shared/model/network/topology';
import { loadCifar10 } from '@glimpse/training/data/cifar10';
import type { ImageSet } from '@glimpse/training/data/image-set';
import { initialWeights } from '@glimpse/training/fit/initialize';
import { keras3 } from '../../keras/python.ts';
import type { GlimpseOptions } from './glimpse-process.ts';
import { LineProcess } from './line-process.ts';
import type { Hello, KerasHello } from './protocol.ts';
import { type DataFiles, LOSS_IMAGES, MEMORY_IMAGES, STEP_IMAGES, type WorkloadName, workloads } from './workloads.ts';

export interface Place {
  readonly device: 'cpu' | 'gpu';
  /** Whether both sides use deterministic TensorFlow operations. */
  readonly deterministic: boolean;
}

export type Glimpse = LineProcess<Hello>;
export type Keras = LineProcess<KerasHello>;

/** The variables that `glimpse train` sets, for both sides. */
export function environmentOf({ device, deterministic }: Place): Record<string, string> {
  return {
    TF_ENABLE_ONEDNN_OPTS: '1',
    TF_DETERMINISTIC_OPS: deterministic ? '1' : '0',
    TF_CPP_MIN_LOG_LEVEL: '3',
    PYTHONDONTWRITEBYTECODE: '1',
    ...(device === 'cpu' ? { CUDA_VISIBLE_DEVICES: '-1' } : {}),
  };
}

export class Competitors {
  /** A folder for files that the processes read. */
  readonly #folder: string;
  readonly #files: DataFiles;

  private constructor(folder: string, files: DataFiles) {
    this.#folder = folder;
    this.#files = files;
  }

  static async prepare(folder: string): Promise<Competitors> {
    const { train, test } = await loadCifar10();
    const file = async (name: string, bytes: Uint8Array) => {
      await writeFile(join(folder, name), bytes);
      return join(folder, name);
    };
    const pixels = (set: ImageSet) => set.source.pixels as Uint8Array;
    return new Competitors(folder, {
      trainPixels: await file('train-pixels', pixels(train)),
      trainClasses: await file('train-classes', train.classes as Uint8Array),
      testPixels: await file('test-pixels', pixels(test)),
      testClasses: await file('test-classes', test.classes as Uint8Array),
    });
  }

  glimpse(
    workload: WorkloadName,
    place: Place,
    { engine = 'tensorflow', eager = false }: Partial<Pick<GlimpseOptions, 'engine' | 'eager'>> = {},
  ): Promise<Glimpse> {
    const options: GlimpseOptions = { workload, files: this.#files, engine, eager };
    const program = join(import.meta.dirname, 'glimpse-process.ts');
    return LineProcess.start(process.execPath, [program, JSON.stringify(options)], environmentOf(place));
  }

  /**
   * @param jit whether XLA compiles the step. By default, both variants are tried and the faster one is used
   * @param stepping whether it runs single steps
   */
  async keras(
    workload: WorkloadName,
    place: Place,
    { jit, stepping }: { jit?: boolean; stepping: boolean },
  ): Promise<Keras> {
    if (!keras3.python) throw new Error(String(keras3.skip));
    const { architecture, settings, kerasOptimizer } = workloads[workload];
    const weights = initialWeights(architecture, settings.seed);
    const weightsFile = join(this.#folder, `${workload}-weights`);
    await writeFile(
      weightsFile,
      Buffer.concat([...weights.values()].map(({ values }) => new Uint8Array(values.buffer))),
    );
    const options = {
      files: this.#files,
      ...{ topology: writeTopology(architecture), optimizer: kerasOptimizer, batchSize: settings.batchSize },
      ...{ weights: weightsFile, weightShapes: [...weights].map(([name, { shape }]) => [name, shape]) },
      ...{ stepImages: STEP_IMAGES, lossImages: LOSS_IMAGES, memoryImages: MEMORY_IMAGES },
      ...{ jit, stepping },
    };
    const program = join(import.meta.dirname, 'keras_process.py');
    return LineProcess.start(keras3.python, [program, JSON.stringify(options)], environmentOf(place));
  }
}
