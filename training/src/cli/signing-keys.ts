/** `glimpse signing-keys create`: creates the key that a publisher signs with. */
import { open, readFile } from 'node:fs/promises';
import { createSigningKey, parseSigningKey, type SigningKey } from '@glimpse/shared/release/sign';
import { Command } from 'commander';
import { TrainingError } from '../training-error.ts';
import { outputOf } from './options.ts';

export function signingKeysCommand(): Command {
  return new Command('signing-keys').addCommand(createCommand());
}

function createCommand(): Command {
  return new Command('create')
    .description('create a signing key, and print the public key for the Worker')
    .option('--out <file>', 'the file for the private key, readable only by you', 'glimpse-signing-key.txt')
    .action(async ({ out }: { out: string }, command: Command) => {
      const secret = createSigningKey();
      const { id, publicKey } = await parseSigningKey(secret);
      await writeNew(out, `${secret}\n`);
      outputOf(command).event(
        'signing-key',
        { id, publicKey, file: out },
        `The private key is in ${out}: keep it out of the repository, and keep a copy elsewhere.\nThe public key ${id} is\n${publicKey}`,
      );
    });
}

/** @param file undefined to use GLIMPSE_SIGNING_KEY, if it is set */
export async function signingKeyOf(file: string | undefined): Promise<SigningKey | undefined> {
  const { GLIMPSE_SIGNING_KEY: text } = process.env;
  if (file === undefined) return text ? parseSigningKey(text) : undefined;
  let content: string;
  try {
    content = await readFile(file, 'utf8');
  } catch (cause) {
    throw new TrainingError(
      'config-invalid',
      `The signing key ${file} cannot be read: ${(cause as Error).message}. Create one with glimpse signing-keys create --out ${file}`,
      { cause },
    );
  }
  return parseSigningKey(content);
}

/** An overwritten key is lost, so an existing file is an error. */
async function writeNew(path: string, content: string): Promise<void> {
  try {
    const file = await open(path, 'wx', 0o600);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (cause) {
    const exists = (cause as NodeJS.ErrnoException).code === 'EEXIST';
    throw new TrainingError(
      'output-unwritable',
      exists
        ? `${path} already exists, and a key is never overwritten. Choose another file with --out FILE`
        : `${path} cannot be written: ${(cause as Error).message}`,
      { cause },
    );
  }
}
