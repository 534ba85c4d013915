/**
 * `npm run bench`: what the project claims about its speed and size, measured side by side in one run.
 *
 *   node test/bench/bench.ts            measures for about four minutes, writes docs/benchmarks.json and benchmarks.md
 *   node test/bench/bench.ts --quick    goes once through everything in seconds; its figures mean nothing
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { codeRevision } from '@glimpse/training/run/revision';
import { weighBundle } from './bundle.ts';
import { measureColdStarts } from './cold-start.ts';
import { comparePictures } from './compare-decoders.ts';
import { inferInNode, inferInWorkerd } from './compare-inference.ts';
import { compareThroughput } from './compare-throughput.ts';
import { describeMachine, readVersions } from './provenance.ts';
import { report } from './report.ts';
import type { Results } from './results.ts';
import { readSubject } from './subject.ts';
import { buildWorker, bundleForNode, bundleForWorkerd } from './worker-build.ts';

/** Above this load average, something else is running that widens every spread. */
const BUSY = 0.5;

const { values: options } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });
const effort = options.quick
  ? { rounds: 2, slotMs: 10, warmUpMs: 10, starts: 1, pictures: 1 }
  : { rounds: 42, slotMs: 150, warmUpMs: 1500, starts: 15, pictures: 7 };

const docs = join(import.meta.dirname, '../../docs');
const note = (text: string) => console.error(text);

const date = new Date().toISOString();
const commit = await codeRevision();
const machine = describeMachine();
if (machine.load > BUSY && !options.quick) {
  note(`Something else is running here (load ${machine.load.toFixed(2)}): expect wide spreads.`);
}

note('Bundling …');
const subject = await readSubject();
const worker = await buildWorker();
const [inferenceWorker, decodeWorker, stock, trivial, tfjsComplete, onnxruntime, inferenceThread] = await Promise.all([
  bundleForWorkerd('inference-worker.ts'),
  bundleForWorkerd('decode-worker.ts'),
  bundleForWorkerd('stock-worker.ts'),
  bundleForWorkerd('trivial-worker.ts'),
  bundleForWorkerd('bundles/tfjs-complete.ts'),
  bundleForWorkerd('bundles/onnxruntime-web.ts'),
  bundleForNode('inference-thread.ts', ['onnxruntime-web/wasm']),
]);
note('Inference in workerd …');
const inWorkerd = await inferInWorkerd(inferenceWorker, subject, effort);
note('Inference in Node …');
const inNode = await inferInNode(inferenceThread, subject, effort);
note('Pictures …');
const pictures = await comparePictures(decodeWorker, { ...effort, rounds: effort.pictures });
note('Throughput …');
const throughput = await compareThroughput({ glimpse: worker, stock }, subject, {
  rounds: effort.pictures,
  slotMs: effort.slotMs * 10,
});
note('Cold starts …');
const coldStarts = await measureColdStarts({ glimpse: worker, trivial }, subject, effort.starts);

const results: Results = {
  command: 'npm run bench',
  date,
  commit,
  machine,
  versions: await readVersions(),
  release: `${subject.manifest.model} ${subject.manifest.version}, ${subject.manifest.quantization}`,
  inference: [...inWorkerd, ...inNode],
  pictures,
  throughput,
  coldStarts,
  bundles: {
    glimpse: await weighBundle(worker.folder),
    'tfjs, complete': await weighBundle(tfjsComplete.folder),
    'onnxruntime-web': await weighBundle(onnxruntime.folder),
  },
};
const markdown = report(results);
console.log(markdown);
if (options.quick) {
  note('\nA quick run measures nothing worth keeping: nothing was written.');
} else {
  await writeFile(join(docs, 'benchmarks.json'), `${JSON.stringify(results, null, 1)}\n`);
  await writeFile(join(docs, 'benchmarks.md'), markdown);
  note('\nWritten to docs/benchmarks.json and docs/benchmarks.md.');
}
