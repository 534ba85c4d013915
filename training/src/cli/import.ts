/** `glimpse import FILE.h5`: imports a Keras model as a run, which the other verbs accept. */
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { inputContractSchema } from '@glimpse/shared/image/input-contract';
import { findLabelSet } from '@glimpse/shared/model/labels/registry';
import { networkSize } from '@glimpse/shared/model/network/architecture';
import { nameSchema } from '@glimpse/shared/release/names';
import { Command, InvalidArgumentError, Option } from 'commander';
import * as z from 'zod/mini';
import { importedSettings } from '../keras/compile.ts';
import { importModel } from '../keras/import-model.ts';
import { cifar10Record, unknownRecord } from '../keras/imported-data.ts';
import { createImportedRun } from '../keras/imported-run.ts';
import { inputOfPixels } from '../keras/input-of-pixels.ts';
import type { KerasFile } from '../keras/keras-file.ts';
import { MAX_FILE_BYTES, readKerasFile } from '../keras/read-keras-file.ts';
import { TrainingError } from '../training-error.ts';
import { addDataOptions } from './data-options.ts';
import { dataOfInput } from './open-data.ts';
import { name, outputOf } from './options.ts';

interface ImportOptions {
  name?: string;
  labels?: string[];
  labelsFile?: string;
  mean?: number[];
  std?: number[];
  data?: string;
  runs: string;
}

export function importCommand(): Command {
  const command = new Command('import')
    .argument('<file>', 'the .h5 file')
    .option('--name <name>', "name of the architecture (default: the file's name)", name)
    .option('--labels <a,b,c>', "class names in the order of the outputs (default: CIFAR-10's if they fit)", list)
    .addOption(new Option('--labels-file <file>', 'class names, one per line').conflicts('labels'))
    .option('--mean <x,…>', 'mean that the model subtracts from pixels / 255 (default: 0)', numbers)
    .option('--std <x,…>', 'standard deviation that the model then divides by (default: 1)', positiveNumbers)
    .option('--data <name|folder|csv>', 'data that evaluate and quantize use (default: cifar10 if it fits)')
    .option('--runs <folder>', 'folder for run folders', 'runs')
    .action(async (path: string, options: ImportOptions, command: Command) => {
      const output = outputOf(command);
      const startedAt = new Date().toISOString();
      const bytes = await readModelBytes(path);
      const file = await readKerasFile(bytes, path);
      const model = importModel(file, options.name ?? nameOf(path));
      const { architecture, weights, dropped, rescaling } = model;
      const own = readOwnRecord(file, architecture.inputShape);
      const given = {
        ...(options.mean ? { mean: options.mean } : {}),
        ...(options.std ? { standardDeviation: options.std } : {}),
      };
      const overridden = Object.keys(given).length > 0;
      const input = own && !overridden ? own.input : inputOfPixels(architecture.inputShape, rescaling, given);
      const { outputs, parameters } = networkSize(architecture);
      const measured = options.data === undefined ? undefined : await dataOfInput(options.data, input, command, output);
      const labels = await chooseLabels(
        options,
        own?.labels ?? measured?.data.labels,
        architecture.inputShape,
        outputs,
      );
      if (measured && measured.data.labels.join('\n') !== labels.join('\n')) {
        throw new TrainingError(
          'data-invalid',
          `The model's classes are ${labels.join(', ')}, but the classes of ${options.data} are ${measured.data.labels.join(', ')}.`,
        );
      }
      const labelSet = findLabelSet(architecture.inputShape, labels.length);
      const isCifar10 = labelSet?.name === 'cifar10' && String(labels) === String(labelSet.labels);
      const run = await createImportedRun(options.runs, {
        config: {
          command: `glimpse ${process.argv.slice(2).join(' ')}`,
          startedAt,
          architecture,
          input,
          labels,
          data: measured?.record ?? (isCifar10 ? cifar10Record : unknownRecord),
          settings: importedSettings(file.trainingConfig),
        },
        weights,
        from: { file: basename(path), sha256: createHash('sha256').update(bytes).digest('hex') },
        kerasVersion: file.kerasVersion,
      });
      const text = [
        ...dropped.map(({ name, className }) => `Dropped "${name}" (${className}), which has no effect at inference.`),
        ...(rescaling ? ["Moved the model's Rescaling from the network to the input contract."] : []),
        `Input: (pixels / 255 - [${input.mean.map(short).join(', ')}]) / [${input.standardDeviation.map(short).join(', ')}]`,
        `Classes: ${labels.slice(0, 10).join(', ')}${labels.length > 10 ? ', …' : ''}`,
        `Imported ${architecture.name} (${parameters.toLocaleString('en')} parameters, Keras ${file.kerasVersion}) → ${run.path}`,
      ].join('\n');
      output.event('imported', { path: run.path, parameters, outputs, labels, input, dropped, rescaling }, text);
    });
  return addDataOptions(command, 'input of the model');
}

async function readModelBytes(path: string): Promise<Uint8Array> {
  try {
    const { size } = await stat(path);
    if (size > MAX_FILE_BYTES) {
      throw new TrainingError(
        'keras-file-invalid',
        `${path} has ${size.toLocaleString('en')} bytes. The limit is ${MAX_FILE_BYTES.toLocaleString('en')}.`,
      );
    }
    return await readFile(path);
  } catch (cause) {
    if (cause instanceof TrainingError) throw cause;
    throw new TrainingError('keras-file-invalid', `${path} cannot be read: ${(cause as Error).message}`, { cause });
  }
}

/** The record that `glimpse export` adds to the file; undefined for files from elsewhere. */
function readOwnRecord({ glimpse }: KerasFile, inputShape: readonly number[]): z.infer<typeof ownRecord> | undefined {
  const result = ownRecord.safeParse(glimpse);
  if (!result.success) return undefined;
  const { height, width, channels } = result.data.input;
  return String([height, width, channels]) === String(inputShape) ? result.data : undefined;
}

const ownRecord = z.object({ labels: z.array(z.string()), input: inputContractSchema });

async function chooseLabels(
  options: ImportOptions,
  defaults: readonly string[] | undefined,
  inputShape: readonly number[],
  outputs: number,
): Promise<readonly string[]> {
  const labels = options.labelsFile
    ? (await readFile(options.labelsFile, 'utf8')).split(/\r?\n/).filter((line) => line.trim() !== '')
    : (options.labels ?? defaults ?? findLabelSet(inputShape, outputs)?.labels);
  if (!labels) {
    throw new TrainingError(
      'labels-invalid',
      `The file does not name its ${outputs} classes. Pass --labels or --labels-file, in the order of the outputs.`,
    );
  }
  if (labels.length !== outputs) {
    throw new TrainingError(
      'labels-invalid',
      `The model has ${outputs} outputs, but ${labels.length} labels were given.`,
    );
  }
  const duplicate = labels.find((label, index) => labels.indexOf(label) !== index);
  if (duplicate !== undefined) throw new TrainingError('labels-invalid', `Two classes are named "${duplicate}".`);
  return labels;
}

function nameOf(path: string): string {
  const name = basename(path, extname(path))
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 64)
    .replace(/^-+|-+$/g, '');
  return nameSchema.safeParse(name).success ? name : 'imported';
}

function list(text: string): string[] {
  return text.split(',').map((part) => part.trim());
}

function numbers(text: string): number[] {
  const values = list(text).map((part) => (part === '' ? Number.NaN : Number(part)));
  if (!values.every(Number.isFinite))
    throw new InvalidArgumentError('Must be one number, or one per channel: 0.49,0.48,0.45');
  return values;
}

function positiveNumbers(text: string): number[] {
  const values = numbers(text);
  if (values.some((value) => value <= 0)) throw new InvalidArgumentError('Each must be a number above 0.');
  return values;
}

function short(value: number): string {
  return String(Number(value.toPrecision(6)));
}
