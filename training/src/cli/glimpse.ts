#!/usr/bin/env node
/** The command line. Each verb is one file; this one lists them and turns errors into exit codes. */
import { NetworkError } from '@glimpse/shared/network/network-error';
import { PictureError } from '@glimpse/shared/picture/picture-error';
import { Command, CommanderError } from 'commander';
import { TrainingError } from '../training-error.ts';
import { dataCommand } from './data.ts';
import { engineCommand } from './engine.ts';
import { trainCommand } from './train.ts';

/** 0 done, 1 failed, 2 called wrongly. */
async function main(): Promise<number> {
  const program = new Command('glimpse')
    .description('Train a picture classifier, quantise it and publish it to the edge.')
    .option('--json', 'print one JSON object a line')
    .exitOverride()
    .showHelpAfterError('(run with --help for the options)');
  for (const command of [dataCommand, engineCommand, trainCommand]) program.addCommand(command());
  for (const command of allCommands(program)) command.exitOverride();
  try {
    await program.parseAsync();
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (error instanceof TrainingError || error instanceof NetworkError || error instanceof PictureError) {
      if (program.opts().json) console.log(JSON.stringify({ event: 'error', code: error.code, text: error.message }));
      else console.error(error.message);
      return 1;
    }
    console.error(error);
    return 1;
  }
}

function allCommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap((child) => allCommands(child as Command))];
}

process.exitCode = await main();
