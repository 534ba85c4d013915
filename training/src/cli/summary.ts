/** `glimpse summary`: Keras' table of an architecture, with its cost and warnings. */
import { architectures } from '@glimpse/shared/model/architectures/registry';
import type { Architecture } from '@glimpse/shared/model/network/architecture';
import { Command, Option } from 'commander';
import { loadRecipe } from '../recipe/recipe.ts';
import { describeSummary, summarize } from '../recipe/summary.ts';
import { TrainingError } from '../training-error.ts';
import { outputOf } from './options.ts';

export function summaryCommand(): Command {
  return new Command('summary')
    .addOption(
      new Option('--arch <name>', 'architecture').choices([...architectures.keys()]).default('cifar10-tutorial'),
    )
    .option('--config <file>', 'show the architecture of this recipe instead')
    .action(async ({ arch, config }: { arch: string; config?: string }, command: Command) => {
      const summary = summarize(config ? await architectureOf(config) : architectures.get(arch)!);
      outputOf(command).event('summary', summary, describeSummary(summary));
    });
}

/** @throws {TrainingError} `config-invalid` */
async function architectureOf(path: string): Promise<Architecture> {
  const { architecture } = await loadRecipe(path);
  if (architecture) return architecture;
  throw new TrainingError('config-invalid', `${path} has no architecture to show. Add one, or use --arch.`);
}
