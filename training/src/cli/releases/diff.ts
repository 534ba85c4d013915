/** `glimpse releases diff A B`. */
import { Command } from 'commander';
import { readStoredManifest } from '../../publish/stored-release.ts';
import { flat } from '../../run/compare-runs.ts';
import { version } from '../options.ts';
import { inColumns } from '../output.ts';
import { addStoreOptions, type StoredModelOptions, withModel } from './stored-model.ts';

export function diffCommand(): Command {
  return addStoreOptions(
    new Command('diff')
      .description('show the differences between two releases')
      .argument('<a>', '', version)
      .argument('<b>', '', version),
  ).action((a: string, b: string, options: StoredModelOptions, command: Command) =>
    withModel(command, options, async ({ store, model, output }) => {
      const [first, second] = await Promise.all(
        [a, b].map(async (one) => {
          const { files, ...rest } = await readStoredManifest(store, model, one);
          return flat({ ...rest, files: Object.fromEntries(files.map(({ path, ...file }) => [path, file])) });
        }),
      );
      const names = [...new Set([...first!.keys(), ...second!.keys()])].sort();
      const differences = names
        .map((name) => ({ name, a: first!.get(name), b: second!.get(name) }))
        .filter((difference) => difference.a !== difference.b);
      const rows = differences.map((one) => [one.name, one.a ?? '–', one.b ?? '–']);
      output.event(
        'differences',
        { model, a, b, differences },
        rows.length > 0 ? inColumns([['', a, b], ...rows]).join('\n') : 'The releases are identical.',
      );
    }),
  );
}
