/** Checks that the competitors give the same probabilities in workerd and in Node, then times them. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { compileWasmFile } from '@glimpse/shared/model/runtime/wasm-file';
import { type ContestantName, contestantNames } from './competitors/competitor.ts';
import type { Inference, InferenceOptions, TimingOptions } from './inference.ts';
import type { Samples } from './measure.ts';
import type { InferenceResult } from './results.ts';
import type { Subject } from './subject.ts';
import type { BuiltWorker } from './worker-build.ts';
import { startWorker } from './worker-start.ts';

/** Images per call. */
const BATCHES = [1, 32];
/** The maximum difference of probabilities between implementations of the same network. */
const TOLERANCE = 1e-4;

/** @param built inference-worker.ts */
export async function inferInWorkerd(
  built: BuiltWorker,
  subject: Subject,
  options: TimingOptions,
): Promise<InferenceResult[]> {
  const { release, inputShape } = subject;
  const worker = await startWorker(built);
  const ask = async (path: string, init?: RequestInit): Promise<Samples<ContestantName>> => {
    const response = await worker.fetch(path, init);
    if (!response.ok) throw new Error(`The benchmark Worker answered ${response.status}: ${await response.text()}`);
    return response.json() as Promise<Samples<ContestantName>>;
  };
  try {
    const form = new FormData();
    form.set('model.json', new Blob([release.modelJson]));
    form.set('weights.bin', new Blob([release.weightsBin]));
    form.set('onnx', new Blob([release.onnx]));
    form.set('images', new Blob([subject.images(Math.max(...BATCHES))]));
    form.set('inputShape', JSON.stringify(inputShape));
    await ask('/open', { method: 'POST', body: form });
    return await compare(
      'workerd',
      {
        scores: (count) => ask(`/scores?count=${count}`),
        time: (count, { rounds, slotMs, warmUpMs }) =>
          ask(`/time?count=${count}&rounds=${rounds}&slotMs=${slotMs}&warmUpMs=${warmUpMs}`),
      },
      options,
    );
  } finally {
    await worker.stop();
  }
}

/** @param bundle the path of inference-thread.ts, bundled for Node */
export async function inferInNode(
  bundle: string,
  subject: Subject,
  options: TimingOptions,
): Promise<InferenceResult[]> {
  const { release, inputShape } = subject;
  const images = subject.images(Math.max(...BATCHES));
  const simd = compileWasmFile('@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm');
  const workerData: InferenceOptions = { release, inputShape, images, wasm: { simd } };
  const thread = new Worker(bundle, { workerData });
  const ask = async (message: object): Promise<Samples<ContestantName>> => {
    thread.postMessage(message);
    const [answer] = await once(thread, 'message');
    return answer;
  };
  try {
    return await compare(
      'node',
      { scores: (count) => ask({ count }), time: (count, options) => ask({ count, options }) },
      options,
    );
  } finally {
    await thread.terminate();
  }
}

async function compare(
  host: InferenceResult['host'],
  inference: Inference,
  options: TimingOptions,
): Promise<InferenceResult[]> {
  const results: InferenceResult[] = [];
  for (const images of BATCHES) {
    const differences = differencesFromOurs(await inference.scores(images));
    for (const [name, difference] of Object.entries(differences)) {
      if (!(difference <= TOLERANCE)) {
        throw new Error(`${name} in ${host} computes different probabilities: the difference is ${difference}.`);
      }
    }
    const samples = await inference.time(images, options);
    for (const name of contestantNames) samples[name] = samples[name].map((milliseconds) => milliseconds / images);
    results.push({ host, images, samples, differences });
  }
  return results;
}

function differencesFromOurs(scores: Samples<ContestantName>): InferenceResult['differences'] {
  const largest = (name: ContestantName) =>
    Math.max(...scores.glimpse.map((score, i) => Math.abs(score - scores[name][i]!)));
  return { 'tfjs-layers': largest('tfjs-layers'), 'onnxruntime-web': largest('onnxruntime-web') };
}
