import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { report } from './report.ts';
import type { Provenance, Results } from './results.ts';

const KiB = 1024;

const from: Provenance = {
  command: 'npm run bench',
  date: '2026-01-02T03:04:05.678Z',
  commit: 'abc',
  machine: { processor: 'A processor', cores: 2, memoryBytes: 4 * 2 ** 30, system: 'Linux 6', load: 0.1 },
  versions: { Node: '24.0.0' },
  release: 'cifar10 v1, uint8',
};
const results: Results = {
  ...from,
  inference: [
    {
      host: 'workerd',
      images: 1,
      samples: { glimpse: [1, 1.1, 9], 'tfjs-layers': [1, 1.1, 9], 'onnxruntime-web': [2, 2.2, 18] },
      differences: { 'tfjs-layers': 1e-8, 'onnxruntime-web': 2.4e-7 },
    },
  ],
  images: [
    {
      name: 'JPEG 640 x 480',
      bytes: 123_456,
      workerd: { glimpse: [10, 10], jsquash: [40, 40] },
      node: {
        glimpse: { grownBytes: 5e6, cpuMs: [9] },
        jsquash: { grownBytes: 1e8, cpuMs: [38] },
        sharp: { grownBytes: 2e6, cpuMs: [4] },
      },
      difference: 0.1,
    },
  ],
  requests: {
    from: { ...from, command: 'npm run bench -- --only requests', date: '2026-01-03T03:04:05.678Z' },
    compared: [
      {
        image: 'JPEG',
        bytes: 200_000,
        clients: 8,
        rates: { glimpse: [30], stock: [20] },
        times: { glimpse: { p50: 1.234, p99: 23.4 }, stock: { p50: 2, p99: 30 } },
      },
    ],
    access: [{ image: 'raw 32 x 32', clients: 8, rates: { open: [100, 200], metered: [99, 198], guarded: [96, 188] } }],
  },
  coldStarts: {
    glimpse: [{ ready: 300, first: 100, second: 5 }],
    trivial: [{ ready: 200, first: 4, second: 3 }],
  },
  bundles: {
    glimpse: [
      { name: 'index.js', bytes: 1000 * KiB, gzip: 330 * KiB, codec: false },
      { name: 'png.wasm', bytes: 100 * KiB, gzip: 50 * KiB, codec: true },
    ],
    'tfjs, complete': [{ name: 'index.js', bytes: 2000 * KiB, gzip: 500 * KiB, codec: false }],
    'onnxruntime-web': [],
  },
};

/** The report's line with this prefix, without column padding. */
const row = (start: string) =>
  report(results)
    .split('\n')
    .map((line) => line.replace(/ +/g, ' '))
    .find((line) => line.startsWith(start));

test('a ratio above its aim is reported as falling short', () => {
  assert.equal(
    row('| workerd | 1 | tfjs-layers'),
    '| workerd | 1 | tfjs-layers | 1.100 (1.050 to 5.050) | 1.00 (1.00 to 1.00) | ≤ 0.95 | **falls short** |',
  );
  assert.match(row('| workerd | 1 | onnxruntime-web')!, /\| 0\.50 \(.*\) \| ≤ 0\.8 \| met \|$/);
});

test('the aim of the bundle excludes the image codecs, which are listed', () => {
  assert.match(row('| **Our Worker without')!, /\*\*330\.0\*\* \| ≤ 320 \| \*\*falls short\*\* \|$/);
  assert.match(row('| png.wasm')!, /\(image codec\) \| 50\.0 \|/);
  assert.match(row('| Our Worker with image codecs')!, /380\.0/);
});

test('an image has its ratio and aim in workerd, and the cost of each decoder in Node', () => {
  assert.match(row('| JPEG 640 x 480 |')!, /123 \| 10\.0 .* 40\.0 .* 0\.25 .* ≤ 0\.6 \| met \|$/);
  const lines = report(results)
    .split('\n')
    .map((line) => line.replace(/ +/g, ' '));
  assert.ok(lines.includes('| JPEG 640 x 480 | 9.0, 5 | 38.0, 100 | 4.0, 2 |'));
});

test('requests per second below the aim are reported as falling short', () => {
  assert.match(row('| JPEG | 8 | ours')!, /30 .* 1\.23 \| 23 \| 1\.50 .* ≥ 2 \| \*\*falls short\*\* \|$/);
  assert.match(row('| JPEG | 8 | stock')!, /20 .* 2\.00 \| 30 \|/);
});

test('the cost of keys is compared per round', () => {
  assert.match(row('| raw 32 x 32 | keys, quota |')!, /0\.990 \(0\.990 to 0\.990\) \| ≥ 0\.95 \| met \|$/);
  assert.match(row('| raw 32 x 32 | keys, quota, rate')!, /0\.950 \(0\.945 to 0\.955\) \| ≥ 0\.95 \| met \|$/);
});

test('only a part that was measured separately says so', () => {
  const own = 'npm run bench -- --only requests';
  assert.ok(report(results).includes(own));
  const { requests } = results;
  assert.ok(
    !report({ ...results, requests: { ...requests, from: { ...requests.from, date: results.date } } }).includes(own),
  );
});

test('cold starts are compared per round', () => {
  assert.match(row('| Start to first answer')!, /300 .* 200 .* 100 \(100 to 100\) \|$/);
});

test('docs/benchmarks.md matches docs/benchmarks.json', async () => {
  const docs = join(import.meta.dirname, '../../docs');
  const stored = JSON.parse(await readFile(join(docs, 'benchmarks.json'), 'utf8'));
  assert.equal(await readFile(join(docs, 'benchmarks.md'), 'utf8'), report(stored));
});
