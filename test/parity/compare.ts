/** Classifies the same images with the Worker in workerd and with the code of `glimpse evaluate` in Node. */
import type { ClassifyAnswer } from '@glimpse/shared/api/classify';
import { RAW_PIXELS_TYPE } from '@glimpse/shared/api/classify';
import type { ImageSet } from '@glimpse/training/data/image-set';
import { evaluate, mostProbable } from '@glimpse/training/evaluate/evaluate';
import { openClassifier } from '@glimpse/training/evaluate/open-classifier';

export interface Comparison {
  readonly release: string;
  readonly images: number;
  /** Images that are classified differently. */
  readonly classesThatDiffer: number;
  /** Probabilities that are not the same float32, out of images x classes. */
  readonly probabilitiesThatDiffer: number;
  /** The accuracy of each. */
  readonly accuracy: { readonly workerd: number; readonly node: number };
}

/** Concurrent requests. The Worker processes them one after the other. */
const CONCURRENCY = 8;

/** @param url of a Worker that serves the release in `folder` */
export async function compare(url: URL, folder: string, set: ImageSet): Promise<Comparison> {
  const { classifier, labels, description } = await openClassifier(folder);
  const node = evaluate(classifier, set, labels.length);
  const classes = labels.length;
  const { count } = set;
  let classesThatDiffer = 0;
  let probabilitiesThatDiffer = 0;
  let correct = 0;
  let next = 0;
  const worker = async () => {
    for (let i = next++; i < count; i = next++) {
      const scores = await classify(url, set.take([i]).pixels, classes);
      const expected = node.probabilities.subarray(i * classes, (i + 1) * classes);
      const index = mostProbable(scores);
      if (index !== mostProbable(expected)) classesThatDiffer++;
      if (index === set.classes[i]) correct++;
      for (let k = 0; k < classes; k++) if (!Object.is(scores[k], expected[k])) probabilitiesThatDiffer++;
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  classifier.dispose();
  return {
    release: description,
    images: count,
    classesThatDiffer,
    probabilitiesThatDiffer,
    accuracy: { workerd: correct / count, node: node.metrics.accuracy },
  };
}

/** All probabilities, in the order of the labels. JSON represents a float32 exactly. */
async function classify(url: URL, pixels: Uint8Array, classes: number): Promise<Float32Array> {
  const response = await fetch(new URL(`/v1/classify?top_k=${classes}`, url), {
    method: 'POST',
    headers: { 'Content-Type': RAW_PIXELS_TYPE },
    body: new Uint8Array(pixels),
  });
  if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
  const { predictions } = (await response.json()) as ClassifyAnswer;
  const scores = new Float32Array(classes);
  for (const { index, score } of predictions) scores[index] = score;
  return scores;
}
