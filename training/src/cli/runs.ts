/** `glimpse runs list`, and `glimpse runs compare` from its own file. */
import { Command } from 'commander';
import { duration, four } from '../report/number-text.ts';
import { type DamagedRun, listRuns, type RunSummary } from '../run/list-runs.ts';
import { outputOf } from './options.ts';
import { inColumns } from './output.ts';
import { compareCommand } from './runs-compare.ts';

export function runsCommand(): Command {
  return new Command('runs').addCommand(listCommand()).addCommand(compareCommand());
}

function listCommand(): Command {
  return new Command('list')
    .description('list the runs, newest first')
    .option('--runs <folder>', 'folder for run folders', 'runs')
    .action(async (options: { runs: string }, command: Command) => {
      const output = outputOf(command);
      const { runs, damaged } = await listRuns(options.runs);
      const names = ['id', 'architecture', 'data', 'epochs', 'best', 'last', 'status', 'engine', 'duration'];
      const lines = inColumns([names, ...runs.map(summaryRow)]);
      if (runs.length + damaged.length === 0) output.note(`${options.runs} holds no runs.`);
      for (const [i, run] of runs.entries()) {
        output.event('run', run, i === 0 ? `${lines[0]}\n${lines[1]}` : lines[i + 1]!);
      }
      for (const run of damaged) output.event('damaged', run, describeDamage(run));
    });
}

function summaryRow(run: RunSummary): string[] {
  return [
    run.id,
    run.architecture,
    run.data,
    `${run.epochs.done}/${run.epochs.asked}`,
    four(run.bestAccuracy),
    four(run.lastAccuracy),
    run.status,
    run.engine,
    run.seconds === undefined ? '–' : duration(run.seconds),
  ];
}

function describeDamage({ id, damage }: DamagedRun): string {
  return `${id}  damaged: ${damage.replaceAll('\n', ' ')}`;
}
