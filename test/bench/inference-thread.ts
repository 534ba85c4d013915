/**
 * inference.ts in a Node thread, because in one thread its tfjs would share an engine with the benchmark's own tfjs.
 * Answers a message `{ count }` with scores, and `{ count, options }` with times.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { openInference, type TimingOptions } from './inference.ts';

const inference = await openInference(workerData);

parentPort!.on('message', async ({ count, options }: { count: number; options?: TimingOptions }) => {
  parentPort!.postMessage(await (options ? inference.time(count, options) : inference.scores(count)));
});
