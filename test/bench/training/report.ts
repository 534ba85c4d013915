/** Writes the results as docs/training-benchmarks.md, which is also printed on the terminal. */
import { ratios, summarize } from '../measure.ts';
import { spread, table, verdict } from '../table.ts';
import type { EpochResult } from './epochs.ts';
import type { Cost, MemoryAnswer, ProfileAnswer } from './protocol.ts';
import { aims, type Results } from './results.ts';
import type { StepCompetitor, StepResult } from './steps.ts';
import { workloads } from './workloads.ts';

export function report(results: Results): string {
  const { steps, epochs, firstSteps, memory } = results;
  const on = (device: 'cpu' | 'gpu') => ({
    steps: steps.filter((result) => result.device === device),
    epochs: epochs.filter((result) => result.device === device),
  });
  const gpu = on('gpu');
  return [
    '# Training benchmarks',
    `\`${results.command}\` measured all results on this page in one run; the values of each round are in
[training-benchmarks.json](training-benchmarks.json). Compare values only within a table, because times depend on the machine.
Each value is the median of its rounds, followed by the interquartile range. A ratio is our time divided by Keras' time,
computed per round.`,
    provenance(results),
    '## Step',
    `Our trainer and Keras 3 on the same TensorFlow (oneDNN on, deterministic operations, all cores), each in its own process.
They alternate, a few steps each, over the same CIFAR-10 images, and the order changes each round. Both start with the same
weights and so with the same loss. Ours reads bytes and normalizes them within the step; Keras reads floats between 0 and 1,
as in the tutorial. \`fit\` is Keras' own loop, from the end of its first step to the end of its last. The aim is for wall
time; CPU time (all threads) is also shown because other programs affect it less.`,
    stepTable(on('cpu').steps.filter(({ deterministic }) => deterministic)),
    stepNotes(on('cpu').steps),
    `The same with \`TF_DETERMINISTIC_OPS=0\` for both. The seed then no longer determines the weights:`,
    stepTable(on('cpu').steps.filter(({ deterministic }) => !deterministic)),
    xlaNote(on('cpu').steps),
    '### On a GPU',
    gpu.steps.length > 0
      ? `${results.gpu}:`
      : 'Not measured: this machine has no GPU. On a machine with a GPU, the same command measures it.',
    ...(gpu.steps.length > 0 ? [stepTable(gpu.steps.filter(({ deterministic }) => deterministic))] : []),
    ...(gpu.steps.length > 0
      ? ['Without deterministic operations:', stepTable(gpu.steps.filter(({ deterministic }) => !deterministic))]
      : []),
    '## Epoch',
    `The first \`fit\` of a fresh process: an epoch of 50,000 images and the validation on 10,000, including the
preparation of the first step (ours records its steps, Keras traces them) and, for ours, two checkpoints. Peak memory is
the VmHWM of the process with the whole data set: bytes in ours, floats in Keras, as in the tutorial.`,
    epochTable(epochs),
    '## First step',
    `From the start of the process to the end of the first step, including loading the data: \`glimpse train\`, which also verifies the
SHA-256 of the data, and a Python script that imports Keras, loads the same files, compiles and fits.`,
    table([
      [`${firstSteps.glimpse.length} starts each`, 'ours, s', 'Keras, s', 'Ratio'],
      [
        'cifar10-tutorial',
        ...[firstSteps.glimpse, firstSteps.keras].map((times) => spread(summarize(times.map((ms) => ms / 1000)), 1)),
        spread(summarize(ratios(firstSteps.glimpse, firstSteps.keras)), 2),
      ],
    ]),
    '## Memory',
    'Peak memory of the processes above that run single steps, including a few thousand images:',
    peakTable(on('cpu').steps.filter(({ deterministic }) => deterministic)),
    `Resident MB after each of five short epochs of one \`fit\` of cifar10-tutorial (20 steps and a validation each):`,
    memoryTable(memory),
    '## Where the time goes',
    `The time of each TensorFlow operation in an eager step (\`${results.command} -- --profile\`), measured at the native
binding. The rest is TypeScript: dispatch, gradients and uploads. A recorded step runs the same operations in one call, fuses
some and runs others in parallel.`,
    ...Object.entries(results.profiles).flatMap(([workload, profile]) => [
      `${workload}, ${profile.stepMs.toFixed(0)} ms per step:`,
      profileTable(profile),
    ]),
    ...shortfalls(results),
  ]
    .join('\n\n')
    .concat('\n');
}

function provenance({ date, commit, machine, versions, gpu, loadAfter }: Results): string {
  const { processor, cores, memoryBytes, system, load } = machine;
  const list = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [
    `- Date: ${date.replace('T', ' ').replace(/\..*/, ' UTC')}`,
    `- Commit: ${commit}`,
    `- Machine: ${processor}, ${cores} cores, ${(memoryBytes / 2 ** 30).toFixed(0)} GiB, ${system}`,
    `- GPU: ${gpu ?? 'none'}`,
    `- Load average before: ${load.toFixed(2)}; at the end, the bench itself included: ${loadAfter.toFixed(2)}`,
    `- Versions: ${list.join(', ')}`,
  ].join('\n');
}

const labels: Record<StepCompetitor, string> = {
  glimpse: 'ours, recorded',
  eager: 'ours, `--eager`',
  wasm: 'ours, engine `wasm`',
  'keras-batch': 'Keras, `train_on_batch`',
  'keras-fit': 'Keras, `fit`',
};

const wall = (costs: readonly Cost[]) => costs.map(({ wallMs }) => wallMs);
const cpu = (costs: readonly Cost[]) => costs.map(({ cpuMs }) => cpuMs);

function stepTable(results: readonly StepResult[]): string {
  const head = ['Network, batch', '', 'ms a step', 'CPU ms a step', 'Ratio', 'Aim', '', 'CPU ratio'];
  const rows = results.flatMap(({ workload, samples }) =>
    Object.entries(samples).map(([name, costs]) => {
      const own = [
        `${workload}, ${workloads[workload].settings.batchSize}`,
        labels[name as StepCompetitor],
        ...[wall(costs), cpu(costs)].map((times) => spread(summarize(times), 1)),
      ];
      if (!name.startsWith('keras')) return [...own, '', '', '', ''];
      const ratio = summarize(ratios(wall(samples.glimpse), wall(costs)));
      const aim = aims[workload];
      return [
        ...own,
        spread(ratio, 2),
        `≤ ${aim}`,
        verdict(ratio.median <= aim),
        spread(summarize(ratios(cpu(samples.glimpse), cpu(costs))), 2),
      ];
    }),
  );
  return table([head, ...rows]);
}

function stepNotes(results: readonly StepResult[]): string {
  const worst = Math.max(...results.map(({ lossDifference }) => Math.abs(lossDifference)));
  const failures = results.flatMap(({ workload, wasmFailure }) =>
    wasmFailure ? [` The \`wasm\` engine cannot run ${workload} at this batch size: ${wasmFailure}.`] : [],
  );
  return `Before the first step, the two losses differ by at most ${worst.toExponential(1)}.${failures.join('')}`;
}

function xlaNote(results: readonly StepResult[]): string {
  const tried = results.flatMap(({ workload, kerasJit, kerasJitTrial: trial }) =>
    trial
      ? [
          `${workload} took ${trial.with.toFixed(0)} ms with XLA and ${trial.without.toFixed(0)} ms without, so it runs ${kerasJit ? 'with' : 'without'} XLA`,
        ]
      : [],
  );
  return `In this table, Keras may compile steps with XLA, its default. A trial before the rounds chose the faster variant (the
best of eight steps each, interleaved): ${tried.join('; ')}. With deterministic operations, Keras disables XLA.`;
}

function epochTable(results: readonly EpochResult[]): string {
  const head = ['Network', 'Device', 'ours, s', 'Keras, s', 'Ratio', 'CPU ratio', 'ours, peak MB', 'Keras, peak MB'];
  const rows = results.map(({ workload, device, samples: { glimpse, keras } }) => [
    workload,
    device.toUpperCase(),
    ...[glimpse, keras].map((costs) => spread(summarize(wall(costs).map((ms) => ms / 1000)), 1)),
    spread(summarize(ratios(wall(glimpse), wall(keras))), 2),
    spread(summarize(ratios(cpu(glimpse), cpu(keras))), 2),
    ...[glimpse, keras].map((costs) => megabytes(Math.max(...costs.map(({ peakBytes }) => peakBytes)))),
  ]);
  return `${table([head, ...rows])}\n\n${results[0]!.samples.glimpse.length} runs of each, interleaved.`;
}

function peakTable(results: readonly StepResult[]): string {
  const names = ['glimpse', 'eager', 'wasm', 'keras-batch'] as const;
  const rows = results.map(({ workload, peakBytes }) => [
    `${workload}, MB`,
    ...names.map((name) => (peakBytes[name] === undefined ? '-' : megabytes(peakBytes[name]))),
  ]);
  return table([['', ...names.map((name) => (name === 'keras-batch' ? 'Keras' : labels[name]))], ...rows]);
}

function memoryTable({ glimpse, keras }: Results['memory']): string {
  const row = (label: string, { residentBytes }: MemoryAnswer) => [label, ...residentBytes.map(megabytes)];
  const rows = [row('ours', glimpse), row('Keras', keras)];
  const tensors = ['ours: tensors that the engine holds', ...glimpse.tensors!.map(String)];
  return table([['Epoch', ...glimpse.residentBytes.map((_, index) => String(index + 1))], ...rows, tensors]);
}

/** Operations below this share of a step are combined into one row. */
const SHARE = 0.01;

export function profileTable({ stepMs, operations }: ProfileAnswer): string {
  const large = operations.filter(({ ms }) => ms >= SHARE * stepMs);
  const small = operations.filter(({ ms }) => ms < SHARE * stepMs);
  const total = (of: ProfileAnswer['operations'], what: 'ms' | 'calls') => of.reduce((sum, one) => sum + one[what], 0);
  const row = (name: string, calls: number | undefined, ms: number) => [
    name,
    calls === undefined ? '' : calls.toFixed(0),
    ms.toFixed(1),
    `${((100 * ms) / stepMs).toFixed(0)} %`,
  ];
  return table([
    ['Operation', 'Calls', 'ms', ''],
    ...large.map(({ name, calls, ms }) => row(name, calls, ms)),
    row(`${small.length} more`, total(small, 'calls'), total(small, 'ms')),
    row('TypeScript', undefined, stepMs - total(operations, 'ms')),
  ]);
}

function shortfalls({ steps, profiles, machine }: Results): string[] {
  const short = steps.flatMap(({ device, deterministic, workload, samples }) =>
    (['keras-batch', 'keras-fit'] as const).flatMap((name) => {
      const ratio = summarize(ratios(wall(samples.glimpse), wall(samples[name]))).median;
      if (device !== 'cpu' || !deterministic || ratio <= aims[workload]) return [];
      const ofCpu = summarize(ratios(cpu(samples.glimpse), cpu(samples[name]))).median;
      return [
        `${workload}, compared with ${labels[name]}: a ratio of ${ratio.toFixed(2)}. ${reason(profiles[workload], ofCpu, aims[workload])}`,
      ];
    }),
  );
  if (short.length === 0) return [];
  const load = `The load average before the run was ${machine.load.toFixed(2)} on ${machine.cores} cores.`;
  return ['## Unmet aims', ...short, load];
}

/** Operations for which both sides call the same TensorFlow kernels. */
const shared = /^(Conv2D|MaxPool|FusedBatchNorm|MatMul)/;

function reason({ stepMs, operations }: ProfileAnswer, ofCpu: number, aim: number): string {
  const part = operations.filter(({ name }) => shared.test(name)).reduce((sum, { ms }) => sum + ms, 0) / stepMs;
  const heavy = `Convolutions, pooling, normalization and matrix products take ${(100 * part).toFixed(0)} % of our step (see above). Keras calls the same TensorFlow operations.`;
  return ofCpu <= aim
    ? `The ratio of CPU time is ${ofCpu.toFixed(2)}, which meets the aim. The difference is time in which threads wait for each other, or for cores used by other programs. ${heavy}`
    : `The ratio of CPU time is ${ofCpu.toFixed(2)}. ${heavy}`;
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}
