#!/usr/bin/env node
import { ImageError } from '@glimpse/shared/image/image-error';
/** The command line. Each verb is one file; this one lists them and turns errors into exit codes. */
import { NetworkError } from '@glimpse/shared/model/network/network-error';
import { ReleaseError } from '@glimpse/shared/release/release-error';
import { StoreError } from '@glimpse/shared/store/store-error';
import { Command, CommanderError } from 'commander';
import { TrainingError } from '../training-error.ts';
import { dataCommand } from './data.ts';
import { doctorCommand } from './doctor.ts';
import { engineCommand } from './engine.ts';
import { evaluateCommand } from './evaluate.ts';
import { exportCommand } from './export.ts';
import { feedbackCommand } from './feedback/feedback.ts';
import { gateCommand } from './gate.ts';
import { importCommand } from './import.ts';
import { keysCommand } from './keys/keys.ts';
import { predictCommand } from './predict.ts';
import { publishCommand } from './publish.ts';
import { quantizeCommand } from './quantize.ts';
import { releasesCommand } from './releases/releases.ts';
import { reportCommand } from './report.ts';
import { runsCommand } from './runs.ts';
import { signingKeysCommand } from './signing-keys.ts';
import { summaryCommand } from './summary.ts';
import { trainCommand } from './train.ts';
import { uploadCommand } from './upload.ts';

const commands = [
  doctorCommand,
  engineCommand,
  dataCommand,
  summaryCommand,
  trainCommand,
  evaluateCommand,
  predictCommand,
  reportCommand,
  runsCommand,
  quantizeCommand,
  gateCommand,
  publishCommand,
  uploadCommand,
  releasesCommand,
  signingKeysCommand,
  keysCommand,
  feedbackCommand,
  importCommand,
  exportCommand,
];

/** Errors whose message says what to do; any other is a fault of ours and shows its stack. */
const expected = [TrainingError, NetworkError, ImageError, ReleaseError, StoreError];

/** 0 done, 1 failed, 2 called wrongly. */
async function main(): Promise<number> {
  const program = new Command('glimpse')
    .description('Train an image classifier, quantize it and publish it to the edge.')
    .option('--json', 'print one JSON object a line')
    .exitOverride()
    .showHelpAfterError('(run with --help for the options)');
  for (const command of commands) program.addCommand(command());
  for (const command of allCommands(program)) command.exitOverride();
  try {
    await program.parseAsync();
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (expected.some((kind) => error instanceof kind)) {
      const { code, message } = error as TrainingError;
      if (program.opts().json) console.log(JSON.stringify({ event: 'error', code, text: message }));
      else console.error(message);
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
