/** Files from the wild, through the running Worker and through the trainer's reader: the same answers, bit for bit. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import type { ClassifyAnswer } from '@glimpse/shared/api/classify';
import { limitsSchema, pixelLimits } from '@glimpse/shared/api/limits';
import { nodeImageReader } from '@glimpse/shared/image/node';
import { type OpenedClassifier, openClassifier } from '@glimpse/training/evaluate/open-classifier';
import { ROOT, type RunningWorker, starterFolder, startWorker } from '../support/worker/start-worker.ts';

const corpus = join(ROOT, '../shared/corpus');
const skip = existsSync(corpus) ? false : 'the corpus is not beside the project: ../shared/corpus';

interface Row {
  readonly name: string;
  readonly width: string;
  readonly height: string;
  readonly statuses: readonly string[];
}

async function readRows(): Promise<Row[]> {
  const [head, ...lines] = (await readFile(join(corpus, 'manifest.tsv'), 'utf8')).trim().split('\n');
  const names = head!.split('\t');
  return lines.map((line) => {
    const row = Object.fromEntries(line.split('\t').map((value, i) => [names[i], value])) as Record<string, string>;
    const acceptable = row.also_acceptable!.split(' ').filter((status) => status !== '-');
    const statuses = [row.expected === 'ok' ? '200' : row.expected!, ...acceptable];
    return { name: row.name!, width: row.width!, height: row.height!, statuses };
  });
}

let worker: RunningWorker;
let node: OpenedClassifier;
before(async () => {
  if (skip) return;
  worker = await startWorker();
  node = await openClassifier(await starterFolder());
});
after(() => worker?.close());

test('each file of the corpus has its status, its upright size, and the same scores in workerd and in Node', {
  skip,
}, async (t) => {
  const readImage = nodeImageReader();
  for (const { name, width, height, statuses } of await readRows()) {
    await t.test(name, async () => {
      const bytes = await readFile(join(corpus, 'files', name));
      const response = await fetch(new URL('/v1/classify?top_k=10', worker.url), {
        method: 'POST',
        body: new Uint8Array(bytes),
      });
      const body = await response.json();
      assert.ok(statuses.includes(String(response.status)), `${response.status}: ${JSON.stringify(body)}`);
      const reading = readImage(bytes, node.input, pixelLimits(limitsSchema.parse({})));
      if (response.status !== 200) {
        await assert.rejects(reading, { name: 'ImageError' });
        return;
      }
      const { predictions, image } = body as ClassifyAnswer;
      if (width !== '-') assert.deepEqual([String(image.width), String(image.height)], [width, height]);
      const scores = node.classifier.classify((await reading).pixels);
      for (const { index, score } of predictions) assert.equal(score, scores[index]);
    });
  }
});
