/** Asks a Worker through the generated client: ADDRESS IMAGE. Prints what came of it, a line each. */
import { readFile } from 'node:fs/promises';
import { ClassifyApi, Configuration, HuggingFaceApi, ResponseError } from './client/index.ts';

const [address, path] = process.argv.slice(2);
const configuration = new Configuration({ basePath: address });
const api = new ClassifyApi(configuration);
const image = new Blob([await readFile(path!)]);
console.log('classify', (await api.classify({ image, topK: 3 })).predictions[0]!.label);
console.log('batch', (await api.classifyBatch({ image: [image, image], topK: 1 })).results.length);
const [best] = await new HuggingFaceApi(configuration).classifyForHuggingFace({ name: 'cifar10', body: image });
console.log('hugging-face', best!.label);
try {
  await api.classify({ image, model: 'none' });
} catch (error) {
  if (error instanceof ResponseError) console.log('unknown', error.response.status);
}
