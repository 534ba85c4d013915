/**
 * `npm run bench:training`: compares our trainer with Keras 3 on the same TensorFlow, interleaved. Needs the tensorflow
 * engine (`npx glimpse engine install`; with --gpu on a machine with an NVIDIA GPU, which is then measured, too).
 *
 *   node test/bench/training/bench.ts            about fifteen minutes on two cores; writes docs/training-benchmarks.*
 *   node test/bench/training/bench.ts --quick    runs everything once; the results are meaningless
 *   node test/bench/training/bench.ts --profile  only prints the time per operation of a step
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { codeRevision } from '@glimpse/training/run/revision';
import { describeMachine } from '../provenance.ts';
import { Competitors, type Place } from './competitors.ts';
import { compareEpochs, type EpochResult, watchMemory } from './epochs.ts';
import { compareFirstSteps } from './first-step.ts';
import type { ProfileAnswer } from './protocol.ts';
import { profileTable, report } from './report.ts';
import type { Results } from './results.ts';
import { compareSteps, type StepResult } from './steps.ts';
import { type WorkloadName, workloadNames } from './workloads.ts';

/** A higher load average means that other programs will widen every spread. */
const BUSY = 0.5;

const { values: options } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, profile: { type: 'boolean', default: false } },
});
const effort = options.quick
  ? { rounds: 1, wasmRounds: 1, warmUp: 1, otherRounds: 1, epochs: 1, starts: 1, profileSteps: 1, images: 1280 }
  : { rounds: 24, wasmRounds: 4, warmUp: 3, otherRounds: 12, epochs: 2, starts: 5, profileSteps: 10 };
const images = options.quick ? { images: 1280 } : {};

const note = (text: string) => console.error(text);
const folder = await mkdtemp(join(tmpdir(), 'glimpse-bench-'));
try {
  const competitors = await Competitors.prepare(folder);
  const profiles = async () => {
    const measured = {} as Record<WorkloadName, ProfileAnswer>;
    for (const workload of workloadNames) measured[workload] = await profile(competitors, workload);
    return measured;
  };
  if (options.profile) {
    for (const [workload, answer] of Object.entries(await profiles())) {
      console.log(`${workload}, milliseconds per step of ${answer.stepMs.toFixed(1)}\n\n${profileTable(answer)}\n`);
    }
  } else {
    await measure(competitors, profiles);
  }
} finally {
  await rm(folder, { recursive: true });
}

async function measure(
  competitors: Competitors,
  profiles: () => Promise<Record<WorkloadName, ProfileAnswer>>,
): Promise<void> {
  const date = new Date().toISOString();
  const commit = await codeRevision();
  const machine = describeMachine();
  if (machine.load > BUSY && !options.quick) {
    note(`Other programs are running (load average ${machine.load.toFixed(2)}): expect wide spreads.`);
  }
  const steps: StepResult[] = [];
  const epochs: EpochResult[] = [];
  const { gpu, versions } = await whatRuns(competitors);
  const devices: Place['device'][] = gpu ? ['cpu', 'gpu'] : ['cpu'];
  const usual = (device: Place['device']): Place => ({ device, deterministic: true });
  for (const device of devices) {
    for (const workload of workloadNames) {
      note(`Steps of ${workload} on the ${device} …`);
      const wasmRounds = device === 'cpu' ? effort.wasmRounds : 0;
      const own = await compareSteps(competitors, workload, usual(device), { ...effort, wasmRounds, eager: true });
      const other = await compareSteps(
        competitors,
        workload,
        { device, deterministic: false },
        { ...effort, rounds: effort.otherRounds, wasmRounds: 0, eager: false },
      );
      steps.push(own, other);
      note(`Epochs of ${workload} on the ${device} …`);
      const fitting = { rounds: effort.epochs, jit: own.kerasJit, ...images };
      epochs.push(await compareEpochs(competitors, workload, usual(device), fitting));
    }
  }
  const { kerasJit: jit } = steps[0]!;
  note('First steps …');
  const firstSteps = await compareFirstSteps(competitors, usual('cpu'), { starts: effort.starts, jit });
  note('Memory over epochs …');
  const memory = await watchMemory(competitors, 'cifar10-tutorial', usual('cpu'), { epochs: 5, jit });
  note('Profiles …');
  const results: Results = {
    command: 'npm run bench:training',
    ...{ date, commit, machine, versions, ...(gpu ? { gpu } : {}), loadAfter: loadavg()[0]! },
    ...{ steps, epochs, firstSteps, memory, profiles: await profiles() },
  };
  const markdown = report(results);
  console.log(markdown);
  if (options.quick) {
    note('\nA quick run measures nothing worth keeping: nothing was written.');
    return;
  }
  const docs = join(import.meta.dirname, '../../../docs');
  await writeFile(join(docs, 'training-benchmarks.json'), `${JSON.stringify(results, null, 1)}\n`);
  await writeFile(join(docs, 'training-benchmarks.md'), markdown);
  note('\nWritten to docs/training-benchmarks.json and docs/training-benchmarks.md.');
}

/** @returns the GPU's name if the engine uses one, and the versions of both sides */
async function whatRuns(competitors: Competitors): Promise<{ gpu?: string; versions: Record<string, string> }> {
  const place: Place = { device: 'gpu', deterministic: true };
  const glimpse = await competitors.glimpse('cifar10-tutorial', place);
  const keras = await competitors.keras('cifar10-tutorial', place, { jit: false, stepping: false });
  const { device, deviceName, versions } = glimpse.hello;
  const all = { ...versions, ...keras.hello.versions };
  await Promise.all([glimpse.stop(), keras.stop()]);
  return { versions: all, ...(device === 'gpu' ? { gpu: deviceName } : {}) };
}

async function profile(competitors: Competitors, workload: WorkloadName): Promise<ProfileAnswer> {
  const glimpse = await competitors.glimpse(workload, { device: 'cpu', deterministic: true }, { eager: true });
  try {
    return await glimpse.ask('profile', { steps: effort.profileSteps });
  } finally {
    await glimpse.stop();
  }
}
