/** Writes the results as docs/benchmarks.md, which is also printed on the terminal. */
import { totalGzip } from './bundle.ts';
import { startSteps } from './cold-start.ts';
import { nodeDecoderNames } from './compare-decoders.ts';
import { type ContestantName, contestantNames } from './competitors/competitor.ts';
import { differences, ratios, summarize } from './measure.ts';
import { provenance } from './report-provenance.ts';
import { requestsSection } from './report-requests.ts';
import { aims, type InferenceResult, type Results } from './results.ts';
import { spread, table, verdict } from './table.ts';

export function report(results: Results): string {
  return [
    '# Benchmarks',
    `\`${results.command}\` measured everything on this page in one run, unless a section names another, and wrote the figures
of all rounds to [benchmarks.json](benchmarks.json). Compare only within a table: times depend on the machine. Each figure is
the median of its rounds, with the interquartile range in parentheses.`,
    provenance(results),
    '## Inference',
    `The starter release with the same weights and images, interleaved in one process: our runner with the kernels of the Worker;
\`predict\` of stock tfjs-layers on the same backend; onnxruntime-web (WASM, SIMD, one thread) with an ONNX file of the
dequantized weights. Converting images to the layout of onnxruntime-web is not measured. The ratio is our time divided by the
other's, per round. Our runner and tfjs-layers use the same kernels for nearly all of the arithmetic and differ only in
overhead, which matters for one image and hardly for 32.`,
    inferenceTable(results.inference),
    `workerd cannot compile WebAssembly from bytes, so onnxruntime-web gets a patched \`WebAssembly.instantiate\` there that returns
the imported module. In Node it runs unpatched. The largest difference of a probability from our runner's: ${agreement(results.inference)}.`,
    '## Images',
    `From a file's bytes to 32 x 32 pixels: our reader, and jSquash's codecs followed by our area average, interleaved in workerd.
The images are synthetic, with gradients, edges and noise.`,
    imageTable(results),
    `The same in Node, each in its own process, compared with sharp (native code, which scales JPEGs down while it decodes them).
Memory is the peak growth of the process during the first decode (Linux).`,
    decodeCostTable(results),
    ...requestsSection(results),
    '## Cold start',
    `A new workerd each time, interleaved with a Worker that only answers \`{"alive": true}\`, in milliseconds. The release is in a
local R2 bucket; the first classification loads, verifies, builds and warms it up.`,
    coldStartTable(results),
    '## Bundle',
    'The upload of `wrangler deploy`, in KiB after gzip.',
    `${bundleTable(results)}\n`,
  ].join('\n\n');
}

const labels: Record<ContestantName, string> = {
  glimpse: 'our runner',
  'tfjs-layers': 'tfjs-layers',
  'onnxruntime-web': 'onnxruntime-web',
};

function inferenceTable(inference: readonly InferenceResult[]): string {
  const rows = inference.flatMap(({ host, images, samples }) =>
    contestantNames.map((name) => {
      const head = [host === 'node' ? 'Node' : host, String(images), labels[name], spread(summarize(samples[name]), 3)];
      if (name === 'glimpse') return [...head, '', '', ''];
      const ratio = summarize(ratios(samples.glimpse, samples[name]));
      const aim = aims.ratio[name];
      return [...head, spread(ratio, 2), `≤ ${aim}`, verdict(ratio.median <= aim)];
    }),
  );
  return table([['Where', 'Images per call', '', 'ms per image', 'Ratio', 'Aim', ''], ...rows]);
}

function imageTable({ images }: Results): string {
  const head = ['Image', 'KB', 'ours, ms', 'jSquash, ms', 'Ratio', 'Aim', ''];
  const rows = images.map(({ name, bytes, workerd: { glimpse, jsquash } }) => {
    const ratio = jsquash && summarize(ratios(glimpse, jsquash));
    const aim = aims.images[name];
    return [
      name,
      kilobytes(bytes),
      spread(summarize(glimpse), 1),
      jsquash ? spread(summarize(jsquash), 1) : '-',
      ratio ? spread(ratio, 2) : '-',
      aim === undefined ? '' : `≤ ${aim}`,
      aim === undefined || !ratio ? '' : verdict(ratio.median <= aim),
    ];
  });
  return table([head, ...rows]);
}

function decodeCostTable({ images }: Results): string {
  const head = ['Image', ...nodeDecoderNames.map((name) => `${decoderLabels[name]}: CPU ms, MB`)];
  const rows = images.map(({ name, node }) => [
    name,
    ...nodeDecoderNames.map((decoder) => {
      const cost = node[decoder];
      return cost ? `${summarize(cost.cpuMs).median.toFixed(1)}, ${(cost.grownBytes / 1e6).toFixed(0)}` : '-';
    }),
  ]);
  return table([head, ...rows]);
}

const decoderLabels = { glimpse: 'ours', jsquash: 'jSquash', sharp: 'sharp' };

function kilobytes(bytes: number): string {
  return (bytes / 1000).toFixed(0);
}

function agreement(inference: readonly InferenceResult[]): string {
  const worst = (name: 'tfjs-layers' | 'onnxruntime-web') =>
    Math.max(...inference.map(({ differences }) => differences[name])).toExponential(1);
  return `tfjs-layers ${worst('tfjs-layers')}, onnxruntime-web ${worst('onnxruntime-web')}`;
}

function coldStartTable({ coldStarts: { glimpse, trivial } }: Results): string {
  const steps = {
    ready: 'Start to first answer (`/healthz`)',
    first: 'First classification',
    second: 'Second classification',
  };
  const rows = startSteps.map((step) => {
    const [ours, theirs] = [glimpse, trivial].map((starts) => starts.map((start) => start[step])) as [
      number[],
      number[],
    ];
    return [steps[step], ...[ours, theirs, differences(ours, theirs)].map((figures) => spread(summarize(figures), 0))];
  });
  return table([[`${glimpse.length} starts each`, 'Our Worker', 'Trivial Worker', 'Difference'], ...rows]);
}

function bundleTable({ bundles }: Results): string {
  const kib = (bytes: number) => (bytes / 1024).toFixed(1);
  const { glimpse, ...others } = bundles;
  const own = totalGzip(glimpse, { codecs: false });
  const sum = ['**Our Worker without image codecs**', `**${kib(own)}**`, `≤ ${aims.bundle}`];
  return table([
    ['', 'KiB', 'Aim', ''],
    ...glimpse.filter(({ codec }) => !codec).map(({ name, gzip }) => [name, kib(gzip), '', '']),
    [...sum, verdict(own / 1024 <= aims.bundle)],
    ...glimpse.filter(({ codec }) => codec).map(({ name, gzip }) => [`${name} (image codec)`, kib(gzip), '', '']),
    ['Our Worker with image codecs', kib(totalGzip(glimpse, { codecs: true })), '', ''],
    ...Object.entries(others).map(([name, files]) => [
      `For comparison: ${name}, without routes and codecs`,
      kib(totalGzip(files, { codecs: true })),
      '',
      '',
    ]),
  ]);
}
