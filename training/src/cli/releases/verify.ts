/** `glimpse releases verify`. */
import { Command } from 'commander';
import { verifyStore } from '../../publish/verify-store.ts';
import { TrainingError } from '../../training-error.ts';
import { addStoreOptions, addTrustOption, type StoredModelOptions, trustedKeys, withModel } from './stored-model.ts';

export function verifyCommand(): Command {
  return addTrustOption(
    addStoreOptions(new Command('verify').description('read everything that is stored, and report what is wrong')),
  ).action((options: StoredModelOptions & { trust?: string }, command: Command) =>
    withModel(command, options, async ({ store, model, output }) => {
      const bar = output.bar(1);
      const report = await verifyStore(store, model, await trustedKeys(options.trust), (done, total) =>
        bar.update(done / total, ''),
      ).finally(bar.stop);
      for (const fault of report.faults) output.event('fault', { fault }, `wrong: ${fault}`);
      for (const note of report.notes) output.note(`note:  ${note}`);
      const { faults, good } = report;
      output.event('verified', { model, good, faults: faults.length }, `${good} versions of ${model} are valid.`);
      if (faults.length > 0) {
        const count = `${faults.length} problem${faults.length === 1 ? '' : 's'}`;
        throw new TrainingError(
          'store-damaged',
          `${count} in ${store.description}. For a damaged version, delete its folder and publish its run again, or roll back.`,
        );
      }
    }),
  );
}
