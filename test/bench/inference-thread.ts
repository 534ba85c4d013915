/**
 * inference.ts in a thread of Node, which keeps its tfjs apart from the one that the bench itself has loaded: two share
 * one engine otherwise. Answers a message `{ count }` with scores, `{ count, options }` with times.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { openInference, type TimingOptions } from './inference.ts';

const inference = await openInference(workerData);

parentPort!.on('message', async ({ count, options }: { count: number; options?: TimingOptions }) => {
  parentPort!.postMessage(await (options ? inference.time(count, options) : inference.scores(count)));
});
