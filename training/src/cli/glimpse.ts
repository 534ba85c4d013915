#!/usr/bin/env node
/** The command line: finds the verb in the table, runs it and turns errors into exit codes. */
import { readFileSync } from 'node:fs';
import { ImageError } from '@glimpse/shared/image/image-error';
import { NetworkError } from '@glimpse/shared/model/network/network-error';
import { ReleaseError } from '@glimpse/shared/release/release-error';
import { StoreError } from '@glimpse/shared/store/store-error';
import { Command, CommanderError } from 'commander';
import { TrainingError } from '../training-error.ts';
import { verbs } from './verbs.ts';

/** Their messages say what to do. Any other error is a bug and prints its stack. */
const expected = [TrainingError, NetworkError, ImageError, ReleaseError, StoreError];

/** @returns the exit code: 0 success, 1 failure, 2 wrong usage */
async function main(): Promise<number> {
  const program = new Command('glimpse')
    .description('Train an image classifier, quantize it and publish it to the edge.')
    .version(version())
    .option('--json', 'print one JSON object per line')
    .showHelpAfterError('(run with --help for the options)');
  for (const command of await commandsFor(process.argv.slice(2))) program.addCommand(command);
  for (const command of allCommands(program)) command.exitOverride();
  try {
    await program.parseAsync();
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (expected.some((type) => error instanceof type)) {
      const { code, message } = error as TrainingError;
      if (program.opts().json) console.log(JSON.stringify({ event: 'error', code, text: message }));
      else console.error(message);
      return 1;
    }
    console.error(error);
    return 1;
  }
}

function version(): string {
  return JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version;
}

/** A command per verb. Only verbs that are named in the arguments are loaded; the others are there for the help. */
function commandsFor(args: readonly string[]): Promise<Command[]> {
  // `glimpse help VERB` and `glimpse --json VERB` name the verb second.
  const named = args.filter((arg) => !arg.startsWith('-')).slice(0, 2);
  return Promise.all(
    verbs.map(async ({ name, summary, load }) => {
      const command = named.includes(name) ? (await load())() : new Command(name);
      return command.description(summary);
    }),
  );
}

function allCommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap((child) => allCommands(child as Command))];
}

process.exitCode = await main();
