/** `glimpse runs compare A B …`: how runs differ, and whether the difference is significant. */
import { useWasmBackend } from '@glimpse/shared/model/runtime/node-wasm-backend';
import { Command } from 'commander';
import { compareAnswers } from '../evaluate/compare-answers.ts';
import { classMetrics, confusionOf } from '../evaluate/confusion.ts';
import { measureTrained } from '../evaluate/evaluate.ts';
import { four } from '../report/number-text.ts';
import { curveEnd, differences } from '../run/compare-runs.ts';
import { RunFolder } from '../run/run-folder.ts';
import { describeMetrics, measureBar, metricsOutput } from './measure.ts';
import { dataOfRun } from './open-data.ts';
import { outputOf } from './options.ts';
import type { Output } from './output.ts';
import { inColumns } from './output.ts';

export function compareCommand(): Command {
  return new Command('compare')
    .description('compare the settings and curves of runs, and their answers on the same test set')
    .argument('<runs...>', 'two or more run folders; each is compared with the first')
    .option('--records-only', 'do not classify the test set again')
    .action(async (folders: string[], options: { recordsOnly?: true }, command: Command) => {
      if (folders.length < 2) command.error('error: name two or more runs', { exitCode: 2 });
      const output = outputOf(command);
      const runs = await Promise.all(folders.map((folder) => RunFolder.open(folder)));
      await compareRecords(runs, output);
      if (options.recordsOnly) return;
      const [first, ...others] = runs;
      const other = others.find(({ config }) => !sameTest(config, first!.config));
      if (other) {
        output.note(`${first!.id} and ${other.id} have different data or labels, so their answers cannot be compared.`);
        return;
      }
      await compareOnTest(runs, output);
    });
}

function sameTest(a: RunFolder['config'], b: RunFolder['config']): boolean {
  return a.data.fingerprint === b.data.fingerprint && String(a.labels) === String(b.labels);
}

async function compareRecords(runs: readonly RunFolder[], output: Output): Promise<void> {
  const records = await Promise.all(
    runs.map(async (run) => ({
      config: run.config,
      environment: await run.environment(),
      history: await run.history(),
    })),
  );
  const ids = runs.map(({ id }) => id);
  const found = differences(records);
  const shown = found.slice(0, MAX_ROWS).map(({ name, values }) => [name, ...values.map(short)]);
  const settings = inColumns([['', ...ids], ...shown]);
  if (found.length > MAX_ROWS) settings.push(`… and ${found.length - MAX_ROWS} more (all: --json)`);
  output.event(
    'differences',
    { runs: ids, differences: found },
    found.length > 0 ? settings.join('\n') : 'Their settings, data and machines are the same.',
  );
  const ends = records.map(({ history }) => curveEnd(history));
  const rows = ends.map(({ epochs, last, best }, i) => [
    ids[i]!,
    String(epochs),
    ...[last.loss, last.acc, last.val_loss, last.val_acc].map(four),
    best ? `${four(best.accuracy)} in epoch ${best.epoch}` : '–',
  ]);
  output.event(
    'curves',
    { runs: ids, ends },
    `\n${inColumns([['', 'epochs', 'loss', 'acc', 'val_loss', 'val_acc', 'best val_acc'], ...rows]).join('\n')}`,
  );
}

/** Two networks can differ in hundreds of layers. */
const MAX_ROWS = 40;

function short(value: string | undefined): string {
  if (value === undefined) return '–';
  return value.length > 44 ? `${value.slice(0, 43)}…` : value;
}

async function compareOnTest(runs: readonly RunFolder[], output: Output): Promise<void> {
  const { test } = (await dataOfRun(runs[0]!, output)).data;
  const { labels } = runs[0]!.config;
  await useWasmBackend();
  const measured = [];
  for (const run of runs) {
    const { weights } = await run.resultCheckpoint();
    const bar = measureBar(output, test.count);
    const { metrics, probabilities } = measureTrained({ ...run.config, weights }, test, bar.onProgress);
    bar.stop();
    const recall = classMetrics(confusionOf(probabilities, test.classes, labels.length)).map((one) => one.recall);
    measured.push({ run, metrics, probabilities, recall });
    output.event('evaluation', { run: run.id, ...metricsOutput(metrics) }, `\n${run.id}: ${describeMetrics(metrics)}`);
  }
  const [first, ...others] = measured;
  for (const other of others) {
    const mcnemar = compareAnswers(first!.probabilities, other.probabilities, test.classes, labels.length);
    const gains = labels.map((label, i) => ({ label, recall: other.recall[i]! - first!.recall[i]! }));
    const classes = inColumns(gains.map(({ label, recall }) => [`  ${label}`, signed(recall)])).join('\n');
    output.event(
      'comparison',
      {
        first: first!.run.id,
        second: other.run.id,
        mcnemar,
        recallGained: Object.fromEntries(gains.map(({ label, recall }) => [label, recall])),
      },
      `\n${other.run.id} against ${first!.run.id}\n` +
        `only the first is correct: ${mcnemar.onlyFirst}, only the second: ${mcnemar.onlySecond}; ` +
        `McNemar's test: p = ${probability(mcnemar.exact)} exact, ${probability(mcnemar.midP)} mid-p\n` +
        `recall gained by class:\n${classes}`,
    );
  }
}

function signed(value: number): string {
  return `${value >= 0 ? '+' : '-'}${Math.abs(value).toFixed(3)}`;
}

function probability(p: number): string {
  return p < 0.001 ? p.toExponential(1) : p.toFixed(3);
}
