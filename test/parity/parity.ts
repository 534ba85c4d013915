/** `npm run parity`: compares the Worker with Node bit by bit on all 10,000 test images of CIFAR-10. */
import { loadCifar10 } from '@glimpse/training/data/cifar10';
import { starterFolder, startWorker } from '../support/worker/start-worker.ts';
import { compare } from './compare.ts';

const { test } = await loadCifar10(console.log);
const worker = await startWorker();
try {
  const result = await compare(worker.url, await starterFolder(), test);
  console.log(`${result.images} images, ${result.release}`);
  console.log(`classes that differ        ${result.classesThatDiffer}`);
  console.log(`probabilities that differ  ${result.probabilitiesThatDiffer} of ${result.images * 10}`);
  console.log(`accuracy in workerd        ${result.accuracy.workerd.toFixed(4)}`);
  console.log(`accuracy in Node           ${result.accuracy.node.toFixed(4)}`);
  process.exitCode = result.classesThatDiffer === 0 && result.probabilitiesThatDiffer === 0 ? 0 : 1;
} finally {
  await worker.close();
}
