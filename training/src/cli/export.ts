/** `glimpse export RUN|RELEASE`: the model as a file that other programs open. */
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { storedAsFloat32, writeModelFile } from '@glimpse/shared/model/network/model-file';
import { Command, InvalidArgumentError } from 'commander';
import { writeAtomic } from '../files/atomic.ts';
import { settingsSchema } from '../fit/settings.ts';
import { type ExportedModel, exportModel } from '../keras/export-model.ts';
import { writeKerasFile } from '../keras/write-keras-file.ts';
import { RunFolder } from '../run/run-folder.ts';
import { loadModel, openRunOrRelease } from '../run/saved-model.ts';
import { TrainingError } from '../training-error.ts';
import { outputOf } from './options.ts';

type Format = 'h5' | 'tfjs';

interface ExportOptions {
  format: Format;
  out: string;
  force?: true;
}

export function exportCommand(): Command {
  return new Command('export')
    .argument('<run|release>', 'a run folder, or a folder with a release.json')
    .requiredOption('--format <format>', 'h5: one file for Keras 2 and 3; tfjs: a folder with model.json', format)
    .requiredOption('--out <path>', 'the file (h5) or folder (tfjs) to write')
    .option('--force', 'replace what is there')
    .action(async (folder: string, options: ExportOptions, command: Command) => {
      const output = outputOf(command);
      const { out } = options;
      const target = options.format === 'h5' ? out : join(out, 'model.json');
      if (existsSync(target) && !options.force) {
        throw new TrainingError('output-unwritable', `${target} exists. Name another, or replace it with --force.`);
      }
      const { model, files } = await openModel(folder);
      const written =
        options.format === 'h5'
          ? new Map([[out, await writeKerasFile(exportModel(model))]])
          : new Map([...(files ?? tfjsFiles(model))].map(([path, bytes]) => [join(out, path), bytes]));
      await writeFiles(written);
      const size = [...written.values()].reduce((sum, bytes) => sum + bytes.length, 0);
      const { mean, standardDeviation } = model.input;
      const text = [
        `${model.architecture.name} → ${out} (${options.format}, ${size.toLocaleString('en')} bytes)`,
        `It takes (pixels / 255 - [${mean.join(', ')}]) / [${standardDeviation.join(', ')}].`,
      ].join('\n');
      output.event('exported', { path: out, format: options.format, size, input: model.input }, text);
    });
}

/** A release's own files are standard tfjs files already; a run has none. */
async function openModel(folder: string): Promise<{ model: ExportedModel; files?: ReadonlyMap<string, Uint8Array> }> {
  const source = await openRunOrRelease(folder);
  const model = await loadModel(source);
  if (source instanceof RunFolder) return { model: { ...model, settings: source.config.settings } };
  // A release does not say how it was compiled: the tutorial's way stands in, so that training can go on.
  return { model: { ...model, settings: settingsSchema.parse({}) }, files: source.files };
}

function tfjsFiles({ architecture, weights }: ExportedModel): ReadonlyMap<string, Uint8Array> {
  const stored = [...weights].map(([name, weight]) => storedAsFloat32(name, weight));
  const { modelJson, weightsBin } = writeModelFile(architecture, stored);
  // Last what names the other: a reader sees a whole model or none.
  return new Map([
    ['weights.bin', weightsBin],
    ['model.json', new TextEncoder().encode(modelJson)],
  ]);
}

async function writeFiles(files: ReadonlyMap<string, Uint8Array>): Promise<void> {
  for (const [path, bytes] of files) {
    try {
      await mkdir(dirname(path), { recursive: true });
      await writeAtomic(path, bytes);
    } catch (cause) {
      throw new TrainingError('output-unwritable', `${path} cannot be written: ${(cause as Error).message}`, { cause });
    }
  }
}

function format(text: string): Format {
  if (text === 'keras') {
    throw new InvalidArgumentError("The .keras format isn't supported. Use h5, which Keras 2 and 3 both open.");
  }
  if (text !== 'h5' && text !== 'tfjs') throw new InvalidArgumentError('Must be h5 or tfjs.');
  return text;
}
