/** `glimpse releases sign VERSION` */
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
    .description('sign a version that is stored with a further key, as a rotation of keys needs')
    .argument('<version>', '', version)
    .option('--sign <file>', 'the signing key (or GLIMPSE_SIGNING_KEY, the key itself)');
  return addTrustOption(addStoreOptions(sign)).action((wanted: string, options: SignOptions, command: Command) =>
    withModel(command, options, async ({ store, model, output }) => {
      const key = await signingKeyOf(options.sign);
      if (!key) throw new TrainingError('config-invalid', 'There is no key to sign with: --sign KEYFILE');
      const signed = await signStored(store, model, wanted, key, await trustedKeys(options.trust));
      output.event(
        'signed',
        { model, version: wanted, keyId: key.id, signed },
        signed
          ? `${model} ${wanted} is signed by the key ${key.id} as well.`
          : `The key ${key.id} has signed ${model} ${wanted} already: nothing to do.`,
      );
    }),
  );
}
