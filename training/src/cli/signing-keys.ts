/** `glimpse signing-keys create`: the key that a publisher signs with. */
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
    .description('make a signing key; prints the public key, which the Worker is given')
    .option('--out <file>', 'where the private key is written, for you alone to read', 'glimpse-signing-key.txt')
    .action(async ({ out }: { out: string }, command: Command) => {
      const secret = createSigningKey();
      const { id, publicKey } = await parseSigningKey(secret);
      await writeNew(out, `${secret}\n`);
      outputOf(command).event(
        'signing-key',
        { id, publicKey, file: out },
        `The private key is in ${out}: keep it off the repository, and a copy of it elsewhere.\nThe public key ${id} is\n${publicKey}`,
      );
    });
}

/** @param file undefined: GLIMPSE_SIGNING_KEY holds the key itself, or nothing does */
export async function signingKeyOf(file: string | undefined): Promise<SigningKey | undefined> {
  const { GLIMPSE_SIGNING_KEY: text } = process.env;
  if (file === undefined) return text ? parseSigningKey(text) : undefined;
  let content: string;
  try {
    content = await readFile(file, 'utf8');
  } catch (cause) {
    throw new TrainingError(
      'config-invalid',
      `The signing key ${file} cannot be read: ${(cause as Error).message}. Make one: glimpse signing-keys create --out ${file}`,
      { cause },
    );
  }
  return parseSigningKey(content);
}

/** A key that is overwritten is lost, and with it the releases that it could have replaced. */
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
        ? `${path} exists already, and a key is never overwritten. Name another file: --out FILE`
        : `${path} cannot be written: ${(cause as Error).message}`,
      { cause },
    );
  }
}
