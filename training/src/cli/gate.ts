/** `glimpse gate RUN|RELEASE`: whether it may be published. */
import { Command } from 'commander';
import { readCandidate } from '../gate/candidate.ts';
import { describeVerdict } from '../gate/gate.ts';
import { openStore } from '../store/open-store.ts';
import { TrainingError } from '../training-error.ts';
import { addGateOptions, type GateOptions, judge } from './gate-options.ts';
import { name, outputOf } from './options.ts';

interface GateCommandOptions extends GateOptions {
  readonly from?: string;
  readonly model?: string;
}

export function gateCommand(): Command {
  const gate = new Command('gate')
    .argument('<run|release>', 'a quantized run, or a folder with a release.json')
    .option('--from <store>', 'the store of the live release: local, or s3://bucket/prefix (or set GLIMPSE_STORE)')
    .option('--model <name>', 'the model of the live release', name);
  return addGateOptions(gate).action(async (folder: string, options: GateCommandOptions, command: Command) => {
    const { model } = options;
    // The variable alone, without a model, does not ask for a comparison.
    const from = options.from ?? (model === undefined ? undefined : process.env.GLIMPSE_STORE);
    if ((from === undefined) !== (model === undefined)) {
      command.error('error: --from and --model must be given together', { exitCode: 2 });
    }
    const output = outputOf(command);
    const candidate = await readCandidate(folder);
    const store = from === undefined ? undefined : await openStore(from, process.cwd());
    try {
      const place = store && model !== undefined ? { store, model } : undefined;
      const verdict = await judge(candidate, place, options, command, output, undefined);
      output.event('gate', verdict, describeVerdict(verdict));
      if (!verdict.passed) throw new TrainingError('gate-failed', 'The release must not be published.');
    } finally {
      await store?.close();
    }
  });
}
