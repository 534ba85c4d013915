/**
 * A run on disk: all that made it and all that it made.
 *
 *     config.json        what was asked for: architecture, data, settings
 *     environment.json   what it ran on: engine, device, versions, code revision
 *     history.json       Keras' four curves, one number an epoch
 *     checkpoints/       one after each epoch
 *     train.log          what was printed
 *     outcome.json       how it ended, and when
 *     release/           what `glimpse quantize` made of it
 */
import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { Architecture } from '@glimpse/shared/network/architecture';
import { readTopology, type TopologyJson, writeTopology } from '@glimpse/shared/network/topology';
import { type InputContract, inputContractSchema } from '@glimpse/shared/picture/input-contract';
import * as z from 'zod/mini';
import { type DataRecord, dataRecordSchema } from '../data/data-record.ts';
import type { Engine } from '../engines/engine.ts';
import { writeAtomic } from '../files/write-atomic.ts';
import { type Checkpoint, latestCheckpoint, loadCheckpoint } from '../fit/checkpoint.ts';
import type { History } from '../fit/history.ts';
import { type Settings, settingsSchema } from '../fit/settings.ts';
import { TrainingError } from '../training-error.ts';

const configSchema = z.object({
  command: z.string(),
  startedAt: z.string(),
  architecture: z.object({ name: z.string(), topology: z.unknown() }),
  input: inputContractSchema,
  labels: z.array(z.string()),
  data: dataRecordSchema,
  settings: settingsSchema,
});

export interface RunConfig {
  readonly command: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly architecture: Architecture;
  readonly input: InputContract;
  readonly labels: readonly string[];
  readonly data: DataRecord;
  readonly settings: Settings;
}

export interface Environment {
  readonly engine: Engine | ForeignEngine;
  readonly platform: string;
  /** Commit of the code, with `+changes` where the work tree differed from it; `unknown` outside a checkout. */
  readonly revision: string;
  /** Where the model came from, if this project did not train it. */
  readonly imported?: ImportedFile;
}

/** What trained an imported model, as far as its file tells. */
export interface ForeignEngine {
  readonly name: 'keras';
  readonly device: 'unknown';
  readonly deviceName: 'unknown';
  readonly threads: 0;
  readonly versions: Readonly<Record<string, string>>;
}

export interface ImportedFile {
  /** Without its folder. */
  readonly file: string;
  /** Of the file's bytes, in lower-case hex. */
  readonly sha256: string;
}

export interface Outcome {
  readonly status: 'finished' | 'stopped' | 'failed';
  /** ISO 8601, UTC. */
  readonly endedAt: string;
  readonly reason?: string;
}

export class RunFolder {
  readonly path: string;
  readonly config: RunConfig;

  private constructor(path: string, config: RunConfig) {
    this.path = path;
    this.config = config;
  }

  /** The folder's name. */
  get id(): string {
    return basename(this.path);
  }

  get releasePath(): string {
    return join(this.path, 'release');
  }

  /** Makes `<parent>/<time>-<architecture>-s<seed>`. */
  static async create(parent: string, config: RunConfig): Promise<RunFolder> {
    const time = config.startedAt.replace(/[-:]|\.\d+/g, '');
    const path = resolve(parent, `${time}-${config.architecture.name}-s${config.settings.seed}`);
    const topology: TopologyJson = writeTopology(config.architecture);
    try {
      await mkdir(join(path, 'checkpoints'), { recursive: true });
      const json = { ...config, architecture: { name: config.architecture.name, topology } };
      await writeAtomic(join(path, 'config.json'), `${JSON.stringify(json, null, 2)}\n`);
    } catch (cause) {
      throw new TrainingError('run-unwritable', `The run folder ${path} cannot be made: ${(cause as Error).message}`, {
        cause,
      });
    }
    return new RunFolder(path, config);
  }

  /** @throws {TrainingError} `run-invalid` when the folder is not a run's */
  static async open(path: string): Promise<RunFolder> {
    const json = await readJson(join(path, 'config.json'), `${path} is not a run folder`);
    const result = configSchema.safeParse(json);
    if (!result.success) {
      throw new TrainingError(
        'run-invalid',
        `${join(path, 'config.json')} is not a run's: ${z.prettifyError(result.error)}`,
      );
    }
    return new RunFolder(resolve(path), {
      ...result.data,
      architecture: readTopology(result.data.architecture.topology),
    });
  }

  /** @throws {TrainingError} `run-invalid` when there is none */
  async lastCheckpoint(): Promise<Checkpoint> {
    const latest = await latestCheckpoint(join(this.path, 'checkpoints'));
    if (!latest) {
      throw new TrainingError('run-invalid', `The run ${this.path} holds no checkpoint. Train it first: glimpse train`);
    }
    return loadCheckpoint(latest);
  }

  get checkpointsPath(): string {
    return join(this.path, 'checkpoints');
  }

  async environment(): Promise<Environment> {
    return (await readJson(join(this.path, 'environment.json'), 'The run does not say what it ran on')) as Environment;
  }

  async outcome(): Promise<Outcome> {
    return (await readJson(join(this.path, 'outcome.json'), 'The run has not ended (resume it first)')) as Outcome;
  }

  writeEnvironment(environment: Environment): Promise<void> {
    return this.#write('environment.json', environment);
  }

  writeHistory(history: History): Promise<void> {
    return this.#write('history.json', history);
  }

  writeOutcome(outcome: Outcome): Promise<void> {
    return this.#write('outcome.json', outcome);
  }

  async log(line: string): Promise<void> {
    await appendFile(join(this.path, 'train.log'), `${line}\n`);
  }

  #write(name: string, json: unknown): Promise<void> {
    return writeAtomic(join(this.path, name), `${JSON.stringify(json, null, 2)}\n`);
  }
}

async function readJson(path: string, otherwise: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw new TrainingError('run-invalid', `${otherwise}: ${(cause as Error).message}`, { cause });
  }
}
