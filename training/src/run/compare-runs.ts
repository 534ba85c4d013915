/** Compares the records of runs: configuration, environment and final metrics. */
import type { History } from '../fit/history.ts';
import { bestEpoch } from '../fit/progress.ts';
import type { Environment, RunConfig } from './run-folder.ts';

export interface RunRecord {
  readonly config: RunConfig;
  readonly environment: Environment;
  readonly history: History;
}

export interface Difference {
  /** `settings.learningRate`, `data.fingerprint`, `architecture.layers.conv2d.filters`, … */
  readonly name: string;
  /** One per run, as JSON; undefined if the run has no such entry. */
  readonly values: readonly (string | undefined)[];
}

/** These differ even between otherwise identical runs. */
const NOT_COMPARED = new Set(['startedAt', 'command']);

/** The entries that differ between the runs, by name. A layer that some runs lack is listed with its class only. */
export function differences(records: readonly RunRecord[]): Difference[] {
  const architectures = records.map(({ config }) => config.architecture);
  const all = records.map(({ config, environment }, i) => {
    const layers = byName(architectures[i]!, architectures);
    return flat({ ...config, ...environment, architecture: { ...architectures[i], layers } });
  });
  const names = [...new Set(all.flatMap((entries) => [...entries.keys()]))].sort();
  return names
    .filter((name) => !NOT_COMPARED.has(name))
    .map((name) => ({ name, values: all.map((entries) => entries.get(name)) }))
    .filter(({ values }) => new Set(values).size > 1);
}

/** Lists layers by name, so that inserting a layer does not shift the comparison. */
function byName({ layers }: RunConfig['architecture'], others: readonly RunConfig['architecture'][]): object {
  return Object.fromEntries(
    layers.map(({ className, config: { name, ...options } }) => {
      const everywhere = others.every((other) => other.layers.some((layer) => layer.config.name === name));
      return [name, everywhere ? { className, ...options } : { className }];
    }),
  );
}

/** Flattens `{a: {b: 1}}` to `a.b` → `1`. A list is one entry. */
export function flat(value: object, prefix = ''): Map<string, string> {
  return new Map(
    Object.entries(value).flatMap(([key, entry]) =>
      typeof entry === 'object' && entry !== null && !Array.isArray(entry)
        ? [...flat(entry, `${prefix}${key}.`)]
        : [[`${prefix}${key}`, JSON.stringify(entry)] as const],
    ),
  );
}

export interface CurveEnd {
  readonly epochs: number;
  /** The last epoch's loss, acc, val_loss and val_acc; undefined before the first epoch has finished. */
  readonly last: Readonly<Record<keyof History, number | undefined>>;
  /** Best validation accuracy and its epoch, from 1. */
  readonly best: { readonly accuracy: number; readonly epoch: number } | undefined;
}

export function curveEnd(history: History): CurveEnd {
  const { loss, acc, val_loss, val_acc } = history;
  const best = bestEpoch(history, 'val_acc');
  return {
    epochs: val_acc.length,
    last: { loss: loss.at(-1), acc: acc.at(-1), val_loss: val_loss.at(-1), val_acc: val_acc.at(-1) },
    best: best === undefined ? undefined : { accuracy: val_acc[best - 1]!, epoch: best },
  };
}
