/** `glimpse releases presign RELEASE_JSON`: creates presigned uploads for a machine without credentials. */
import { readFile, writeFile } from 'node:fs/promises';
import { readManifest } from '@glimpse/shared/release/manifest';
import { Command } from 'commander';
import { presign } from '../../publish/presigned.ts';
import { manifestOf } from '../../publish/publish.ts';
import { parseS3Url } from '../../store/s3-store.ts';
import { TrainingError } from '../../training-error.ts';
import { integer, outputOf } from '../options.ts';
import { signingKeyOf } from '../signing-keys.ts';
import { addStoreOptions, type StoredModelOptions } from './stored-model.ts';

interface PresignOptions extends StoredModelOptions {
  readonly out: string;
  readonly minutes: number;
  readonly sign?: string;
}

export function presignCommand(): Command {
  const presigned = new Command('presign')
    .description('let a machine without credentials store one release, with glimpse upload')
    .argument('<release.json>', "the release's release.json, from that machine")
    .option('--out <file>', 'the upload file; its holder can store that release', 'uploads.json')
    .option('--minutes <n>', 'minutes until the uploads expire', integer(1, 7 * 24 * 60), 60)
    .option('--sign <file>', 'sign the release with this key (or set GLIMPSE_SIGNING_KEY to the key itself)');
  return addStoreOptions(presigned).action(async (path: string, options: PresignOptions, command: Command) => {
    const { model, from, out, minutes } = options;
    const signingKey = await signingKeyOf(options.sign);
    const ours = readManifest(await read(path));
    const manifest = await manifestOf(ours, { model, ...(signingKey ? { signingKey } : {}) });
    const uploads = await presign(parseS3Url(from), manifest, minutes * 60, new Date());
    await writeFile(out, `${JSON.stringify(uploads, null, 2)}\n`, { mode: 0o600 });
    const { version, expiresAt, objects } = uploads;
    outputOf(command).event(
      'presigned',
      { model, version, expiresAt, file: out, objects: objects.length },
      `${out} lets its holder store ${model} ${version} until ${expiresAt}. On that machine, run: glimpse upload RUN --with ${out}\n` +
        `Then run here: glimpse releases promote ${version} --model ${model}`,
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
