/** `glimpse publish RUN|RELEASE`: stores a release and moves a channel to it. */
import { DEFAULT_CHANNEL } from '@glimpse/shared/release/channels';
import type { ObjectStore } from '@glimpse/shared/store/object-store';
import { Command, Option } from 'commander';
import { type Candidate, readCandidate } from '../gate/candidate.ts';
import { describeVerdict, noteOf } from '../gate/gate.ts';
import { loadChannels } from '../publish/move.ts';
import { publish } from '../publish/publish.ts';
import { assertConditionalWrites, singleWriter } from '../store/conditional-writes.ts';
import { openStore } from '../store/open-store.ts';
import { TrainingError } from '../training-error.ts';
import { actor } from './actor.ts';
import { addGateOptions, type GateOptions, judge } from './gate-options.ts';
import { assertPercent, name, outputOf, percentOption } from './options.ts';
import type { Output } from './output.ts';
import { signingKeyOf } from './signing-keys.ts';

interface PublishCommandOptions extends GateOptions {
  readonly model: string;
  readonly to: string;
  readonly channel: string;
  readonly percent?: number;
  readonly reason: string;
  readonly sign?: string;
  readonly override?: string;
  readonly unsafeSingleWriter?: true;
}

export function publishCommand(): Command {
  const command = new Command('publish')
    .argument('<run|release>', 'a quantized run, or a folder with a release.json')
    .requiredOption('--model <name>', 'the model that the release belongs to', name)
    .addOption(
      new Option('--to <store>', 'local, or s3://bucket/prefix').env('GLIMPSE_STORE').makeOptionMandatory(true),
    )
    .option('--channel <name>', 'the channel to move', name, DEFAULT_CHANNEL)
    .addOption(percentOption())
    .option('--reason <text>', "for the channel's history", 'published')
    .option('--sign <file>', 'sign with this key (or set GLIMPSE_SIGNING_KEY to the key itself)')
    .option('--override <reason>', 'publish even if the gate fails; the reason is kept in the history')
    .option('--unsafe-single-writer', 'allow a store without conditional writes, if nobody else publishes');
  return addGateOptions(command).action(run);
}

async function run(folder: string, options: PublishCommandOptions, command: Command): Promise<void> {
  const { model, channel, percent, reason } = options;
  assertPercent(command, options);
  const output = outputOf(command);
  const candidate = await readCandidate(folder);
  const signingKey = await signingKeyOf(options.sign);
  const opened = await openStore(options.to, process.cwd());
  try {
    const store = options.unsafeSingleWriter ? singleWriter(opened) : opened;
    if (!options.unsafeSingleWriter) await assertConditionalWrites(store, model);
    const gate = (await isServed(store, candidate, options))
      ? undefined
      : await passGate(candidate, store, options, command, output);
    const result = await publish(candidate.release, store, {
      ...{ model, channel, actor: actor(), reason, time: new Date().toISOString() },
      ...(percent === undefined ? {} : { percent }),
      ...(signingKey ? { signingKey } : {}),
      ...(gate ? { gate } : {}),
    });
    const what = `${model} ${result.version}`;
    const share = percent === undefined ? '' : ` for ${percent}% of the callers`;
    const text =
      result.written === 0
        ? `${what} is already in ${store.description}, and "${channel}" serves it: nothing to do.`
        : `${what} is in ${store.description}; "${channel}" moved from ${result.from ?? 'nothing'} to it${share}.${result.canaryEnded ? ' The canary ended.' : ''}`;
    output.event('published', { model, channel, percent, signedBy: signingKey?.id, ...result }, text);
  } finally {
    await opened.close();
  }
}

/** Publishing it again changes nothing, so the gate is skipped. */
async function isServed(store: ObjectStore, { release }: Candidate, options: PublishCommandOptions): Promise<boolean> {
  const served = (await loadChannels(store, options.model)).channels?.channels[options.channel];
  return served?.version === release.manifest.version && served.percent === options.percent;
}

/** @throws {TrainingError} `gate-failed` unless it is overridden */
async function passGate(
  candidate: Candidate,
  store: ObjectStore,
  options: PublishCommandOptions,
  command: Command,
  output: Output,
) {
  const { override, model } = options;
  const verdict = await judge(candidate, { store, model }, options, command, output, override);
  output.event('gate', verdict, describeVerdict(verdict));
  if (!verdict.passed && override === undefined) {
    throw new TrainingError('gate-failed', 'Nothing was published. To publish it anyway: --override REASON');
  }
  return noteOf(verdict, override);
}
