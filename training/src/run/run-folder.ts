/**
 * A run on disk: its inputs and its results.
 *
 *     config.json        architecture, data, settings
 *     recipe.ts          a copy of the recipe, if there was one
 *     environment.json   engine, device, versions, code revision
 *     history.json       Keras' four curves, one value per epoch
 *     checkpoints/       the last two, and the best one if the settings keep it
 *     train.log          the printed output
 *     outcome.json       the final status and time
 *     lock.N             the process that is using the run
 *     release/           the output of `glimpse quantize`
 *     gate.json          the verdict of the gate before publishing
 *     report.html        the output of `glimpse report`, with plots/
 */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { appendFile, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { type InputContract, inputContractSchema } from '@glimpse/shared/image/input-contract';
import type { Architecture } from '@glimpse/shared/model/network/architecture';
import { readTopology, type TopologyJson, writeTopology } from '@glimpse/shared/model/network/topology';
import * as z from 'zod/mini';
import { type DataRecord, dataRecordSchema } from '../data/data-record.ts';
import type { EngineName } from '../engines/engine.ts';
import { writeAtomic } from '../files/atomic.ts';
import {
  type Checkpoint,
  checkpointName,
  latestCheckpoint,
  loadCheckpoint,
  saveCheckpoint,
} from '../fit/checkpoint.ts';
import { emptyHistory, type History } from '../fit/history.ts';
import { bestEpoch } from '../fit/progress.ts';
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

/** JSON writes NaN as null. */
const curveSchema = z.array(
  z.pipe(
    z.nullable(z.number()),
    z.transform((value) => value ?? Number.NaN),
  ),
);
const historySchema = z.object({ loss: curveSchema, acc: curveSchema, val_loss: curveSchema, val_acc: curveSchema });

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

const engineSchema = z.object({
  /** `keras`: the model was imported from a Keras file. */
  name: z.enum(['tensorflow', 'wasm', 'keras']),
  device: z.enum(['gpu', 'cpu', 'unknown']),
  deviceName: z.string(),
  threads: z.int(),
  versions: z.record(z.string(), z.string()),
});

const environmentSchema = z.object({
  engine: engineSchema,
  platform: z.string(),
  /** The commit of the code, with `+changes` if the working tree differed from it; `unknown` outside a checkout. */
  revision: z.string(),
  /** The file that the model was imported from. */
  imported: z.optional(
    z.object({
      /** The name without its folder. */
      file: z.string(),
      /** In lowercase hex. */
      sha256: z.string(),
    }),
  ),
});

export type Environment = z.infer<typeof environmentSchema>;
export type ImportedFile = NonNullable<Environment['imported']>;

const outcomeSchema = z.object({
  /** `early`: stopped early because validation no longer improved. */
  status: z.enum(['finished', 'early', 'stopped', 'failed']),
  /** ISO 8601, UTC. */
  endedAt: z.string(),
  reason: z.optional(z.string()),
});

export type Outcome = z.infer<typeof outcomeSchema>;

/** The files that a new run is created with. */
export interface FirstFiles {
  readonly environment?: Environment;
  readonly checkpoint?: Checkpoint;
  /** The text of the recipe. */
  readonly recipe?: string;
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

  /**
   * Creates `<parent>/<time>-<architecture>-s<seed>`, with `-2`, `-3` … appended if a run from the same second has that
   * name. The folder appears atomically with all its files, so a run that is killed at any moment can be resumed.
   */
  static async create(parent: string, config: RunConfig, first: FirstFiles = {}): Promise<RunFolder> {
    const time = config.startedAt.replace(/[-:]|\.\d+/g, '');
    const name = resolve(parent, `${time}-${config.architecture.name}-s${config.settings.seed}`);
    const unfinished = `${name}.${randomUUID()}.part`;
    const topology: TopologyJson = writeTopology(config.architecture);
    const json = { ...config, architecture: { name: config.architecture.name, topology } };
    try {
      await mkdir(join(unfinished, 'checkpoints'), { recursive: true });
      await writeAtomic(join(unfinished, 'config.json'), `${JSON.stringify(json, null, 2)}\n`);
      if (first.recipe !== undefined) await writeAtomic(join(unfinished, 'recipe.ts'), first.recipe);
      if (first.checkpoint) await saveCheckpoint(join(unfinished, 'checkpoints'), first.checkpoint);
      if (first.environment) {
        await writeAtomic(join(unfinished, 'environment.json'), `${JSON.stringify(first.environment, null, 2)}\n`);
      }
      return new RunFolder(await moveToFreeName(unfinished, name), config);
    } catch (cause) {
      await rm(unfinished, { recursive: true, force: true }).catch(() => {});
      throw new TrainingError('run-unwritable', `Cannot create the run folder ${name}: ${(cause as Error).message}`, {
        cause,
      });
    }
  }

  /** @throws {TrainingError} `run-invalid` if the folder is not a run folder */
  static async open(path: string): Promise<RunFolder> {
    const config = await readRecord(join(path, 'config.json'), configSchema, `${path} is not a run folder`);
    return new RunFolder(resolve(path), {
      ...config,
      architecture: readTopology(config.architecture.topology),
    });
  }

  /** The checkpoint to resume from. @throws {TrainingError} `run-invalid` if there is none */
  async lastCheckpoint(): Promise<Checkpoint> {
    const latest = await latestCheckpoint(join(this.path, 'checkpoints'));
    if (!latest) {
      throw new TrainingError('run-invalid', `The run ${this.path} has no checkpoint. Train it first: glimpse train`);
    }
    return loadCheckpoint(latest);
  }

  /**
   * The result of the run: the best epoch if the settings keep it, and the last one otherwise.
   *
   * @throws {TrainingError} `run-invalid` if there is none
   */
  async resultCheckpoint(): Promise<Checkpoint> {
    const last = await this.lastCheckpoint();
    const { keepBest } = this.config.settings;
    const best = keepBest && bestEpoch(last.history, keepBest);
    if (!best || best === last.position.epoch) return last;
    return loadCheckpoint(join(this.checkpointsPath, checkpointName(best)));
  }

  get checkpointsPath(): string {
    return join(this.path, 'checkpoints');
  }

  /** @throws {TrainingError} `run-invalid` if the record is missing or damaged; also thrown by `outcome` and `history` */
  environment(): Promise<Environment> {
    return this.#read('environment.json', environmentSchema, "The run's environment cannot be read");
  }

  /** Whether the run has an outcome: it finished, stopped or failed. */
  get ended(): boolean {
    return existsSync(join(this.path, 'outcome.json'));
  }

  outcome(): Promise<Outcome> {
    return this.#read('outcome.json', outcomeSchema, 'The run has not ended (resume it first)');
  }

  /** The curves of the finished epochs. */
  async history(): Promise<History> {
    if (!existsSync(join(this.path, 'history.json'))) return emptyHistory;
    return this.#read('history.json', historySchema, 'The curves cannot be read');
  }

  /**
   * The engine that a resumed run must use. Another one rounds differently, so the run would not be reproducible.
   *
   * @throws {TrainingError} `run-invalid` for an imported run
   */
  async engine(): Promise<EngineName> {
    const { name } = (await this.environment()).engine;
    if (name !== 'keras') return name;
    throw new TrainingError(
      'run-invalid',
      `${this.path} was imported, so it has no training to resume. Start a new run with its weights: --init-from ${this.path}`,
    );
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

  #read<Schema extends z.ZodMiniType>(name: string, schema: Schema, otherwise: string): Promise<z.output<Schema>> {
    return readRecord(join(this.path, name), schema, otherwise);
  }

  #write(name: string, json: unknown): Promise<void> {
    return writeAtomic(join(this.path, name), `${JSON.stringify(json, null, 2)}\n`);
  }
}

async function readRecord<Schema extends z.ZodMiniType>(
  path: string,
  schema: Schema,
  otherwise: string,
): Promise<z.output<Schema>> {
  let json: unknown;
  try {
    json = JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw new TrainingError('run-invalid', `${otherwise}: ${(cause as Error).message}`, { cause });
  }
  const result = schema.safeParse(json);
  if (!result.success) throw new TrainingError('run-invalid', `${path} is invalid: ${z.prettifyError(result.error)}`);
  return result.data;
}

/** A rename fails if the name is taken, so two processes never share a folder. @returns the new path */
async function moveToFreeName(folder: string, name: string): Promise<string> {
  for (let n = 1; ; n++) {
    const free = n === 1 ? name : `${name}-${n}`;
    try {
      await rename(folder, free);
      return free;
    } catch (error) {
      if (!['ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code!)) throw error;
    }
  }
}
