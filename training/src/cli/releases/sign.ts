/** `glimpse releases sign VERSION`. */
import { Command } from 'commander';
import { signStored } from '../../publish/stored-release.ts';
import { TrainingError } from '../../training-error.ts';
import { version } from '../options.ts';
import { signingKeyOf } from '../signing-keys.ts';
import { addStoreOptions, addTrustOption, type StoredModelOptions, trustedKeys, withModel } from './stored-model.ts';

interface SignOptions extends StoredModelOptions {
  readonly sign?: string;
  readonly trust?: string;
}

export function signCommand(): Command {
  const sign = new Command('sign')
    .description('add a signature to a stored version, as needed for key rotation')
    .argument('<version>', '', version)
    .option('--sign <file>', 'the signing key (or set GLIMPSE_SIGNING_KEY to the key itself)');
  return addTrustOption(addStoreOptions(sign)).action((target: string, options: SignOptions, command: Command) =>
    withModel(command, options, async ({ store, model, output }) => {
      const key = await signingKeyOf(options.sign);
      if (!key) throw new TrainingError('config-invalid', 'No signing key was given: use --sign KEYFILE.');
      const signed = await signStored(store, model, target, key, await trustedKeys(options.trust));
      output.event(
        'signed',
        { model, version: target, keyId: key.id, signed },
        signed
          ? `Signed ${model} ${target} with the key ${key.id}.`
          : `The key ${key.id} has signed ${model} ${target} already: nothing to do.`,
      );
    }),
  );
}
