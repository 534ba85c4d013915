/** `glimpse keys create` */
import { originSchema, publishableScopes, type Scope, scopes } from '@glimpse/shared/access/key-record';
import { Command, InvalidArgumentError } from 'commander';
import { createKey } from '../../store/key-records.ts';
import { wholeNumber } from '../options.ts';
import { addPrivateStoreOption, type PrivateStoreOptions, withPrivateStore } from '../private-store.ts';

interface CreateOptions extends PrivateStoreOptions {
  readonly name: string;
  readonly origin?: string[];
  readonly scopes?: Scope[];
  readonly quota?: number;
}

export function createCommand(): Command {
  return addPrivateStoreOption(
    new Command('create')
      .description('make a key and print it, once; with --origin one that pages may show, else a secret one')
      .requiredOption('--name <text>', 'whose it is', keyName)
      .option('--origin <origin...>', 'pages that may use it: https://example.org', origin)
      .option('--scopes <list>', `what it may, with commas between: ${scopes.join(',')}`, scopeList)
      .option('--quota <n>', 'requests a day (UTC)', wholeNumber(1, 1e9)),
  ).action((options: CreateOptions, command: Command) => {
    const kind = options.origin ? 'publishable' : 'secret';
    const chosen = options.scopes ?? (kind === 'publishable' ? publishableScopes : scopes);
    return withPrivateStore(command, options, async (store, output) => {
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
        `${text}\n\nThe ${kind} key ${record.id} of ${record.name} (${record.scopes.join(', ')}). It is shown this once: only its hash is kept.`,
      );
    });
  });
}

function keyName(text: string): string {
  if (/^[^\p{C}]{1,100}$/u.test(text)) return text;
  throw new InvalidArgumentError('A name has 1 to 100 characters, and no line end.');
}

function origin(text: string, before: string[] = []): string[] {
  const result = originSchema.safeParse(text);
  if (!result.success) throw new InvalidArgumentError(`${result.error.issues[0]!.message}.`);
  return before.includes(text) ? before : [...before, text];
}

function scopeList(text: string): Scope[] {
  const words = text.split(',').map((word) => word.trim());
  const unknown = words.filter((word) => !(scopes as readonly string[]).includes(word));
  if (unknown.length > 0) throw new InvalidArgumentError(`There are ${scopes.join(', ')}.`);
  return [...new Set(words)] as Scope[];
}
