/**
 * `npm run bench`: measures all claims about speed and size, side by side in one run.
 *
 *   node test/bench/bench.ts            measures for about eight minutes, writes docs/benchmarks.json and benchmarks.md
 *   node test/bench/bench.ts --quick    runs everything once in seconds; the results are meaningless
 *   node test/bench/bench.ts --only requests    measures only that part and keeps the other results
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { codeRevision } from '@glimpse/training/run/revision';
import { weighBundle } from './bundle.ts';
import { measureColdStarts } from './cold-start.ts';
import { compareAccess } from './compare-access.ts';
import { compareImages } from './compare-decoders.ts';
import { inferInNode, inferInWorkerd } from './compare-inference.ts';
import { compareRequests } from './compare-requests.ts';
import { describeMachine, readVersions } from './provenance.ts';
import { report } from './report.ts';
import type { Provenance, Requests, Results } from './results.ts';
import { readSubject } from './subject.ts';
import { buildWorker, bundleForNode, bundleForWorkerd } from './worker-build.ts';

/** A higher load average means that other programs will widen every spread. */
const BUSY = 0.5;

const { values: options } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, only: { type: 'string' } },
});
if (options.only !== undefined && options.only !== 'requests') {
  console.error(`--only ${options.only} is not supported. Only "requests" can be measured separately.`);
  process.exit(2);
}
const effort = options.quick
  ? { rounds: 2, slotMs: 10, warmUpMs: 10, starts: 1, images: 1, access: 1 }
  : { rounds: 42, slotMs: 150, warmUpMs: 1500, starts: 15, images: 7, access: 20 };

const docs = join(import.meta.dirname, '../../docs');
const note = (text: string) => console.error(text);

const machine = describeMachine();
if (machine.load > BUSY && !options.quick) {
  note(`Other programs are running (load average ${machine.load.toFixed(2)}): expect wide spreads.`);
}
const subject = await readSubject();
const from: Provenance = {
  command: `npm run bench${options.only ? ` -- --only ${options.only}` : ''}`,
  date: new Date().toISOString(),
  commit: await codeRevision(),
  machine,
  versions: await readVersions(),
  release: `${subject.manifest.model} ${subject.manifest.version}, ${subject.manifest.quantization}`,
};

note('Bundling …');
const worker = await buildWorker();
const stock = await bundleForWorkerd('stock-worker.ts');
const results = options.only ? await onlyRequests() : await everything();
const markdown = report(results);
console.log(markdown);
if (options.quick) {
  note('\nA quick run measures nothing worth keeping: nothing was written.');
} else {
  await writeFile(join(docs, 'benchmarks.json'), `${JSON.stringify(results, null, 1)}\n`);
  await writeFile(join(docs, 'benchmarks.md'), markdown);
  note('\nWritten to docs/benchmarks.json and docs/benchmarks.md.');
}

async function everything(): Promise<Results> {
  const [inferenceWorker, decodeWorker, trivial, tfjsComplete, onnxruntime, inferenceThread] = await Promise.all([
    bundleForWorkerd('inference-worker.ts'),
    bundleForWorkerd('decode-worker.ts'),
    bundleForWorkerd('trivial-worker.ts'),
    bundleForWorkerd('bundles/tfjs-complete.ts'),
    bundleForWorkerd('bundles/onnxruntime-web.ts'),
    bundleForNode('inference-thread.ts', ['onnxruntime-web/wasm']),
  ]);
  note('Inference in workerd …');
  const inWorkerd = await inferInWorkerd(inferenceWorker, subject, effort);
  note('Inference in Node …');
  const inNode = await inferInNode(inferenceThread, subject, effort);
  note('Images …');
  const images = await compareImages(decodeWorker, { ...effort, rounds: effort.images });
  const requests = await measureRequests();
  note('Cold starts …');
  const coldStarts = await measureColdStarts({ glimpse: worker, trivial }, subject, effort.starts);
  return {
    ...from,
    inference: [...inWorkerd, ...inNode],
    images,
    requests,
    coldStarts,
    bundles: {
      glimpse: await weighBundle(worker.folder),
      'tfjs, complete': await weighBundle(tfjsComplete.folder),
      'onnxruntime-web': await weighBundle(onnxruntime.folder),
    },
  };
}

/** The stored results of the other parts. */
async function onlyRequests(): Promise<Results> {
  const before = JSON.parse(await readFile(join(docs, 'benchmarks.json'), 'utf8')) as Results;
  return { ...before, requests: await measureRequests() };
}

async function measureRequests(): Promise<Requests> {
  const slotMs = effort.slotMs * 10;
  note('Requests …');
  const compared = await compareRequests({ glimpse: worker, stock }, subject, { rounds: effort.images, slotMs });
  note('Keys, limits and quota …');
  const access = await compareAccess(worker, subject, { rounds: effort.access, slotMs });
  return { from, compared, access };
}
