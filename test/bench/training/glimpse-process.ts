/** Our trainer as a competitor: `node glimpse-process.ts OPTIONS`, with GlimpseOptions as JSON. Uses protocol.ts. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { DataSet } from '@glimpse/training/data/data-set';
import { ImageSet } from '@glimpse/training/data/image-set';
import { imageFolderDefaults, openData } from '@glimpse/training/data/open-data';
import type { EngineName } from '@glimpse/training/engines/engine';
import { kernelsOf, startEngine } from '@glimpse/training/engines/select';
import { saveCheckpoint } from '@glimpse/training/fit/checkpoint';
import { fit } from '@glimpse/training/fit/fit';
import { initialWeights } from '@glimpse/training/fit/initialize';
import { Trainer } from '@glimpse/training/fit/trainer';
import { memory } from '@tensorflow/tfjs-core';
import { profileSteps } from './profile.ts';
import type { Cost, EpochAnswer, Failure, Hello, MemoryAnswer, Requests } from './protocol.ts';
import { type DataFiles, LOSS_IMAGES, MEMORY_IMAGES, STEP_IMAGES, type WorkloadName, workloads } from './workloads.ts';

export interface GlimpseOptions {
  readonly workload: WorkloadName;
  readonly files: DataFiles;
  readonly engine: EngineName;
  readonly eager: boolean;
}

const { workload, files, engine: wanted, eager } = JSON.parse(process.argv[2]!) as GlimpseOptions;
const { architecture, settings } = workloads[workload];
const engine = await startEngine(wanted, () => {});
const channels = [0, 0, 0];
const input = {
  ...{ height: 32, width: 32, channels: 3 as const, fit: 'stretch' as const },
  ...{ mean: channels, standardDeviation: channels.map(() => 1) },
};

/** Runs consecutive steps over the first images. */
class Steps {
  readonly trainer: Trainer;
  readonly #batches;
  #step = 0;

  constructor(images: ImageSet) {
    const { batchSize, seed } = settings;
    this.#batches = Array.from({ length: Math.floor(STEP_IMAGES / batchSize) }, (_, index) =>
      images.range(index * batchSize, batchSize),
    );
    const weights = initialWeights(architecture, seed);
    this.trainer = new Trainer({ architecture, input, settings, kernels: kernelsOf(engine), weights, eager });
    this.trainer.prepare({ train: [batchSize], validate: [LOSS_IMAGES] });
  }

  run(): void {
    this.trainer.step(this.#batches[this.#step % this.#batches.length]!, this.#step);
    this.#step++;
  }
}

const firstImages = new ImageSet({
  pixels: files.trainPixels,
  imageBytes: 32 * 32 * 3,
  classes: (await readFile(files.trainClasses)).subarray(0, STEP_IMAGES),
});
let made: Steps | undefined;
const steps = () => (made ??= new Steps(firstImages));

const answers: { [Name in keyof Requests]?: (request: never) => Promise<Requests[Name]['answer']> } = {
  async steps({ count }: Requests['steps']['request']): Promise<Cost> {
    const running = steps();
    const { wallMs, cpuMs } = await costOf(() => {
      for (let step = 0; step < count; step++) running.run();
    });
    return { wallMs: wallMs / count, cpuMs: cpuMs / count };
  },

  async loss() {
    const { pixels, classes } = firstImages.range(0, LOSS_IMAGES);
    return { loss: steps().trainer.evaluate(ImageSet.inMemory(pixels, classes)).loss };
  },

  async profile({ steps: count }: Requests['profile']['request']) {
    const running = steps();
    return profileSteps(() => running.run(), count);
  },

  async epoch({ images }: Requests['epoch']['request']): Promise<EpochAnswer> {
    const data = await cifar10(images);
    let validationAccuracy = Number.NaN;
    const cost = await costOf(() =>
      train(data, 1, (accuracy) => {
        validationAccuracy = accuracy;
      }),
    );
    return { ...cost, validationAccuracy };
  },

  async memory({ epochs }: Requests['memory']['request']): Promise<MemoryAnswer> {
    const data = await cifar10(MEMORY_IMAGES);
    const residentBytes: number[] = [];
    const tensors: number[] = [];
    await train(data, epochs, () => {
      residentBytes.push(process.memoryUsage.rss());
      tensors.push(memory().numTensors);
    });
    return { residentBytes, tensors };
  },
};

/** Runs `fit` like `glimpse train`, with checkpoints. */
async function train(data: DataSet, epochs: number, onEpoch: (validationAccuracy: number) => void): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'glimpse-bench-'));
  try {
    await fit({
      ...{ architecture, input, data, engine, eager, settings: { ...settings, epochs } },
      on: {
        step: () => {},
        epoch: ({ validation }) => onEpoch(validation.acc),
        checkpoint: async (checkpoint) => void (await saveCheckpoint(folder, checkpoint)),
      },
    });
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** @param images of each part. Default: all */
async function cifar10(images?: number): Promise<DataSet> {
  const { data } = await openData('cifar10', imageFolderDefaults, { step: () => {}, decoded: () => {} });
  if (images === undefined) return data;
  const first = (set: ImageSet) => {
    const { pixels, classes } = set.range(0, images);
    return ImageSet.inMemory(pixels, classes);
  };
  return { ...data, train: first(data.train), validation: first(data.validation) };
}

async function costOf(work: () => unknown): Promise<Cost> {
  const [wall, cpu] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(cpu);
  return { wallMs: performance.now() - wall, cpuMs: (user + system) / 1000 };
}

const { device, deviceName, versions } = engine;
say({ device, deviceName, versions } satisfies Hello);
for await (const line of createInterface({ input: process.stdin })) {
  const { do: name, ...request } = JSON.parse(line) as { do: keyof Requests };
  try {
    say(await answers[name]!(request as never));
  } catch (error) {
    say({ error: (error as Error).message } satisfies Failure);
  }
}
process.exit(0);

function say(answer: object): void {
  console.log(JSON.stringify(answer));
}
