/** `glimpse keys create`. */
import { originSchema, publishableScopes, type Scope, scopes } from '@glimpse/shared/access/key-record';
import { Command, InvalidArgumentError } from 'commander';
import { createKey } from '../../store/key-records.ts';
import { type AccountStoreOptions, addAccountStoreOption, withAccountStore } from '../account-store.ts';
import { integer } from '../options.ts';

interface CreateOptions extends AccountStoreOptions {
  readonly name: string;
  readonly origin?: string[];
  readonly scopes?: Scope[];
  readonly quota?: number;
}

export function createCommand(): Command {
  return addAccountStoreOption(
    new Command('create')
      .description('create a key and print it once: a publishable key with --origin, otherwise a secret key')
      .requiredOption('--name <text>', 'who uses it', keyName)
      .option('--origin <origin...>', 'origins of pages that may use it: https://example.org', origin)
      .option('--scopes <list>', `comma-separated: ${scopes.join(',')}`, scopeList)
      .option('--quota <n>', 'requests per day (UTC)', integer(1, 1e9)),
  ).action((options: CreateOptions, command: Command) => {
    const kind = options.origin ? 'publishable' : 'secret';
    const chosen = options.scopes ?? (kind === 'publishable' ? publishableScopes : scopes);
    return withAccountStore(command, options, async (store, output) => {
      const { text, record } = await createKey(
        store,
        {
          kind,
          name: options.name,
          scopes: [...chosen],
          origins: options.origin ?? [],
          ...(options.quota === undefined ? {} : { quotaPerDay: options.quota }),
        },
        new Date().toISOString(),
      );
      const { sha256: _, ...said } = record;
      output.event(
        'key',
        { key: text, ...said },
        `${text}\n\nCreated the ${kind} key ${record.id} for ${record.name} (${record.scopes.join(', ')}). It is shown only once: just its hash is stored.`,
      );
    });
  });
}

function keyName(text: string): string {
  if (/^[^\p{C}]{1,100}$/u.test(text)) return text;
  throw new InvalidArgumentError('A name has 1 to 100 characters and no line break.');
}

function origin(text: string, before: string[] = []): string[] {
  const result = originSchema.safeParse(text);
  if (!result.success) throw new InvalidArgumentError(`${result.error.issues[0]!.message}.`);
  return before.includes(text) ? before : [...before, text];
}

function scopeList(text: string): Scope[] {
  const words = text.split(',').map((word) => word.trim());
  const unknown = words.filter((word) => !(scopes as readonly string[]).includes(word));
  if (unknown.length > 0) throw new InvalidArgumentError(`The scopes are ${scopes.join(', ')}.`);
  return [...new Set(words)] as Scope[];
}
