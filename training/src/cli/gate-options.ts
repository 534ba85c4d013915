/** The options by which `gate` and `publish` judge a release. */
import { DEFAULT_CHANNEL } from '@glimpse/shared/release/channels';
import type { ObjectStore } from '@glimpse/shared/store/object-store';
import type { Command } from 'commander';
import type { ImageSet } from '../data/image-set.ts';
import { loadBounds } from '../gate/bounds.ts';
import { type Candidate, judgeCandidate } from '../gate/candidate.ts';
import type { Verdict } from '../gate/gate.ts';
import { RunFolder } from '../run/run-folder.ts';
import { addDataOptions } from './data-options.ts';
import { measureBar } from './measure.ts';
import { dataOfRun, testData } from './open-data.ts';
import { name } from './options.ts';
import type { Output } from './output.ts';

export interface GateOptions {
  readonly against: string;
  readonly bounds?: string;
  readonly data?: string;
}

export function addGateOptions(command: Command): Command {
  command
    .option('--against <channel>', 'the channel whose version to compare with', name, DEFAULT_CHANNEL)
    .option('--bounds <file>', 'a TypeScript file that exports the bounds (docs/releases.md)')
    .option('--data <name|folder|csv>', "judge by the test part of this data instead of the run's");
  return addDataOptions(command, 'input of the model');
}

/** @param place the store and model of the live release; undefined if there is nothing to compare with */
export async function judge(
  candidate: Candidate,
  place: { readonly store: ObjectStore; readonly model: string } | undefined,
  options: GateOptions,
  command: Command,
  output: Output,
  override: string | undefined,
): Promise<Verdict> {
  let test: ImageSet | undefined;
  let bar: ReturnType<typeof measureBar> | undefined;
  let measured: string | undefined;
  try {
    return await judgeCandidate(candidate, {
      live: place && { ...place, channel: options.against },
      bounds: await loadBounds(options.bounds),
      override,
      async testImages(compared) {
        test = await testImages(candidate, compared, options.data, command, output);
        return test;
      },
      onProgress(version, done, correct) {
        if (version !== measured) {
          bar?.stop();
          bar = measureBar(output, test?.count ?? 0);
          measured = version;
        }
        bar?.onProgress(done, correct);
      },
    });
  } finally {
    bar?.stop();
  }
}

/** None for a release without its run if there is no live release: then the figures in its manifest are judged. */
async function testImages(
  { folder, release, ofRun }: Candidate,
  compared: boolean,
  data: string | undefined,
  command: Command,
  output: Output,
): Promise<ImageSet | undefined> {
  if (data === undefined && ofRun) return (await dataOfRun(await RunFolder.open(folder), output)).data.test;
  if (data === undefined && !compared) return undefined;
  return (await testData(release.manifest, data, command, output)).data.test;
}
