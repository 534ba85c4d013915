/** `glimpse releases show VERSION`. */
import { Command } from 'commander';
import { readStoredManifest } from '../../publish/stored-release.ts';
import { describeMetrics } from '../measure.ts';
import { version } from '../options.ts';
import { addStoreOptions, addTrustOption, type StoredModelOptions, trustedKeys, withModel } from './stored-model.ts';

export function showCommand(): Command {
  return addTrustOption(
    addStoreOptions(
      new Command('show')
        .description('show the contents of a release and how it was made')
        .argument('<version>', '', version),
    ),
  ).action((requested: string, options: StoredModelOptions & { trust?: string }, command: Command) =>
    withModel(command, options, async ({ store, model, output }) => {
      const manifest = await readStoredManifest(store, model, requested, await trustedKeys(options.trust));
      const { architecture, data, run, metrics, quantization, input, labels, signature, files } = manifest;
      const checked = options.trust === undefined ? '' : ', and the signature is valid';
      const lines = [
        `${model} ${requested}, format ${manifest.formatVersion}, requires runner ${manifest.minimumRunner}`,
        `network    ${architecture.name}: ${architecture.parameters} parameters, ${architecture.multiplyAdds} multiply-adds`,
        `input      ${input.height}x${input.width}x${input.channels}, ${input.fit}`,
        `labels     ${labels.length}: ${labels.slice(0, 10).join(', ')}${labels.length > 10 ? ' …' : ''}`,
        `data       ${data.name}, ${data.train} for training, ${data.test} for the test; ${data.fingerprint}`,
        `float32    ${describeMetrics(metrics.float)}`,
        `${quantization.padEnd(10)} ${describeMetrics(metrics.quantized)}`,
        `run        ${run.id}, ${run.epochs} epochs, ended ${run.endedAt}, code ${run.revision}`,
        `           ${run.command}`,
        `signed     ${signature ? `by the key ${signature.keyId}${checked}` : options.trust ? `beside it${checked}` : 'no'}`,
        ...files.map(({ path, size, sha256 }) => `file       ${path}, ${size} bytes, ${sha256}`),
      ];
      output.event('manifest', manifest, lines.join('\n'));
    }),
  );
}
