/** `glimpse publish RUN|RELEASE`: put a release into object storage and point a channel at it. */
import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { CANARY_CHANNEL, DEFAULT_CHANNEL } from '@glimpse/shared/release/channels';
import { Command } from 'commander';
import { openStore } from '../publish/open-store.ts';
import { publish } from '../publish/publish.ts';
import { readReleaseFolder } from '../release/release-folder.ts';
import { TrainingError } from '../training-error.ts';
import { modelName, outputOf, wholeNumber } from './options.ts';

interface PublishCommandOptions {
  model: string;
  to: string;
  channel: string;
  reason: string;
  percent?: number;
}

export function publishCommand(): Command {
  return new Command('publish')
    .description('store a release and point a channel at it; a running Worker serves it within seconds')
    .argument('<run|release>', 'a quantised run, or a folder with a release.json')
    .requiredOption('--model <name>', 'the model that it is a release of', modelName)
    .requiredOption('--to <store>', 'local, or s3://bucket/prefix')
    .option('--channel <name>', 'the channel that shall serve it', modelName, DEFAULT_CHANNEL)
    .option('--percent <n>', 'callers in a hundred who get the canary', wholeNumber(0, 100))
    .option('--reason <text>', "for the channel's history", 'published')
    .action(async (folder: string, options: PublishCommandOptions, command: Command) => {
      const output = outputOf(command);
      const { channel, percent } = options;
      if ((percent !== undefined) !== (channel === CANARY_CHANNEL)) {
        command.error(`error: --percent goes with --channel ${CANARY_CHANNEL}, and it with --percent`, { exitCode: 2 });
      }
      const release = await readReleaseFolder(releaseFolder(folder));
      const store = await openStore(options.to, process.cwd());
      try {
        const result = await publish(release, store, {
          model: options.model,
          channel,
          ...(percent === undefined ? {} : { percent }),
          actor: actor(),
          reason: options.reason,
          time: new Date().toISOString(),
        });
        const what = `${options.model} ${result.version}`;
        const text =
          result.written === 0
            ? `${what} is in ${store.description} already, and "${options.channel}" serves it: nothing to do.`
            : `${what} is in ${store.description}; "${options.channel}" moved from ${result.from ?? 'nothing'} to it.`;
        output.event('published', { model: options.model, channel: options.channel, ...result }, text);
      } finally {
        await store.close();
      }
    });
}

function releaseFolder(folder: string): string {
  if (existsSync(join(folder, 'release.json'))) return folder;
  if (existsSync(join(folder, 'release', 'release.json'))) return join(folder, 'release');
  throw new TrainingError('release-invalid', `${folder} holds no release. Make one first: glimpse quantize ${folder}`);
}

/** GLIMPSE_ACTOR, or the user's name on this machine. */
function actor(): string {
  if (process.env.GLIMPSE_ACTOR) return process.env.GLIMPSE_ACTOR;
  try {
    return userInfo().username;
  } catch {
    return 'unknown';
  }
}
