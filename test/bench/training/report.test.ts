import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { report } from './report.ts';
import type { Results } from './results.ts';
import type { StepResult } from './steps.ts';

const costs = (...wallMs: number[]) => wallMs.map((ms) => ({ wallMs: ms, cpuMs: 2 * ms }));

const steps: StepResult = {
  workload: 'cifar10-bn',
  device: 'cpu',
  deterministic: true,
  deviceName: 'CPU',
  kerasJit: false,
  samples: {
    glimpse: costs(95, 96, 950),
    'keras-batch': costs(100, 100, 1000),
    'keras-fit': costs(190, 192, 1900),
  },
  peakBytes: { glimpse: 5e8, 'keras-batch': 6e8 },
  wasmFailure: 'too large',
  lossDifference: -2e-7,
};
const epoch = (wallMs: number, peakBytes: number) => [{ wallMs, cpuMs: wallMs, peakBytes, validationAccuracy: 0.4 }];
const profile = {
  stepMs: 100,
  operations: [
    { name: 'Conv2D', calls: 9, ms: 80 },
    { name: 'Cast', calls: 2, ms: 0.5 },
  ],
};
const results: Results = {
  command: 'npm run bench:training',
  date: '2026-01-02T03:04:05.678Z',
  commit: 'abc',
  machine: { processor: 'A processor', cores: 2, memoryBytes: 4 * 2 ** 30, system: 'Linux 6', load: 0.1 },
  loadAfter: 2,
  versions: { node: '24.0.0' },
  steps: [steps],
  epochs: [
    { workload: 'cifar10-bn', device: 'cpu', samples: { glimpse: epoch(50_000, 7e8), keras: epoch(100_000, 14e8) } },
  ],
  firstSteps: { glimpse: [2000, 2100], keras: [4000, 4200] },
  memory: { glimpse: { residentBytes: [8e8, 8e8], tensors: [47, 47] }, keras: { residentBytes: [9e8, 9e8] } },
  profiles: { 'cifar10-tutorial': profile, 'cifar10-bn': profile },
};

/** The report's lines without column padding. */
const linesOf = (of: Results) =>
  report(of)
    .split('\n')
    .map((line) => line.replace(/ +/g, ' '));
const row = (start: string, of = results) => linesOf(of).find((line) => line.startsWith(start))!;

test('a step is compared within its round and with the aim of its network', () => {
  assert.match(
    row('| cifar10-bn, 256 | Keras, `train_on_batch`'),
    /\| 0\.95 \(.*\) \| ≤ 0\.9 \| \*\*falls short\*\* \| 0\.95/,
  );
  assert.match(row('| cifar10-bn, 256 | Keras, `fit`'), /\| 0\.50 \(.*\) \| ≤ 0\.9 \| met \| 0\.50/);
});

test('only a step that misses its aim is explained at the end', () => {
  assert.ok(linesOf(results).includes('## Unmet aims'));
  const fast = { ...results, steps: [{ ...steps, samples: { ...steps.samples, glimpse: costs(80, 80, 800) } }] };
  assert.ok(!linesOf(fast).includes('## Unmet aims'));
});

test('GPU figures appear only if the machine has a GPU', () => {
  assert.match(report(results), /this machine has no GPU/);
  const gpu = report({ ...results, gpu: 'A card', steps: [steps, { ...steps, device: 'gpu' }] });
  assert.doesNotMatch(gpu, /this machine has no GPU/);
  assert.match(gpu, /A card:/);
});

test('an engine that cannot run a network has a reason instead of results', () => {
  assert.match(report(results), /The `wasm` engine cannot run cifar10-bn at this batch size: too large\./);
});

test('an epoch has its ratio and the peak memory of both sides', () => {
  assert.match(row('| cifar10-bn | CPU'), /\| 50\.0 .* 100\.0 .* 0\.50 .* \| 700 \| 1400 \|$/);
});

test('the profile shows the time outside of operations and combines small operations', () => {
  assert.equal(row('| TypeScript'), '| TypeScript | | 19.5 | 20 % |');
  assert.equal(row('| 1 more'), '| 1 more | 2 | 0.5 | 1 % |');
});

test('docs/training-benchmarks.md matches docs/training-benchmarks.json', async () => {
  const docs = join(import.meta.dirname, '../../../docs');
  const stored = JSON.parse(await readFile(join(docs, 'training-benchmarks.json'), 'utf8'));
  assert.equal(await readFile(join(docs, 'training-benchmarks.md'), 'utf8'), report(stored));
});
