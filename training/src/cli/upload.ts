/** `glimpse upload RUN|RELEASE`: stores a release from a machine without credentials, by what `glimpse releases presign` wrote. */
import { readFile } from 'node:fs/promises';
import { Command } from 'commander';
import { readCandidate } from '../gate/candidate.ts';
import { readUploads, upload } from '../publish/presigned.ts';
import { TrainingError } from '../training-error.ts';
import { outputOf } from './options.ts';

export function uploadCommand(): Command {
  return new Command('upload')
    .argument('<run|release>', 'a quantized run, or a folder with a release.json')
    .requiredOption('--with <file>', 'the upload file from glimpse releases presign')
    .action(async (folder: string, options: { with: string }, command: Command) => {
      const { release } = await readCandidate(folder);
      const uploads = readUploads(await read(options.with));
      const written = await upload(release, uploads, new Date(), { onRetry: (message) => console.error(message) });
      const { model, version } = uploads;
      outputOf(command).event(
        'uploaded',
        { model, version, written },
        written === 0
          ? `${model} ${version} is stored already: nothing to do.`
          : `${model} ${version} is stored. To make it live, on a machine with credentials: glimpse releases promote ${version} --model ${model}`,
      );
    });
}

async function read(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new TrainingError('release-invalid', `${path} cannot be read: ${(cause as Error).message}`, { cause });
  }
}
