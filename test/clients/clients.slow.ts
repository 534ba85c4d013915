/** Unmodified third-party clients against the Worker with the starter release. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { InferenceClient } from '@huggingface/inference';
import { ROOT, startWorker } from '../support/worker/start-worker.ts';
import { askWith, skip } from './installed.ts';

const worker = await startWorker();
after(() => worker.close());
const address = worker.url.origin;
const image = join(ROOT, 'examples/cat.png');

interface Class {
  readonly label: string;
  readonly score: number;
  readonly index?: number;
}

const classified = await fetch(new URL('/v1/classify?top_k=10', worker.url), {
  method: 'POST',
  body: await readFile(image),
});
const ours = ((await classified.json()) as { predictions: Class[] }).predictions;
const labels = ours.toSorted((a, b) => a.index! - b.index!).map(({ label }) => label);

/** The first `count` predictions of /v1/classify; clients must return exactly these. */
const best = (count: number) => ours.slice(0, count).map(({ label, score }) => ({ label, score }));
/** The label with the highest score in each row. */
const labelsOf = (scores: number[][]) => scores.map((row) => labels[row.indexOf(Math.max(...row))]);

/** The answer for the cat, as a diagnostic line. */
const cat = ({ label, score }: Class) => `${label} ${score}`;

test('@huggingface/inference', async (t) => {
  const client = (model: string) =>
    new InferenceClient('hf_none', { endpointUrl: `${address}/models/${model}`, retry_on_error: false });
  const bytes = await readFile(image);
  for (const type of ['', 'image/png']) {
    assert.deepEqual(await client('cifar10').imageClassification({ data: new Blob([bytes], { type }) }), best(5));
  }
  await assert.rejects(client('cifar10').imageClassification({ data: new Blob(['<!doctype html>']) }), /HTML/);
  await assert.rejects(client('none').imageClassification({ data: new Blob([bytes]) }), /no model none/);
  const [first] = await client('cifar10').imageClassification({ data: new Blob([bytes]) });
  t.diagnostic(cat(first!));
});

test('huggingface_hub', { skip }, async (t) => {
  const { text, unknown, ...answers } = await askWith('hugging_face.py', [address, image]);
  assert.deepEqual(answers, { path: best(5), bytes: best(5), three: best(3), many: best(10) });
  assert.equal(text.status, 415);
  assert.match(text.text, /HTML/);
  assert.equal(unknown.status, 404);
  t.diagnostic(cat(answers.path[0]!));
});

test('tritonclient[http]', { skip }, async (t) => {
  const output = await askWith('triton.py', [worker.url.host, image]);
  const { live, ready, modelReady, versionReady, unknownReady } = output;
  assert.deepEqual([live, ready, modelReady, versionReady, unknownReady], [true, true, true, true, false]);
  assert.equal(output.server.name, 'glimpse');
  assert.deepEqual(output.metadata.outputs[0].shape, [-1, labels.length]);

  assert.equal(output.text.answer.id, 'mine');
  assert.deepEqual(output.text.label, ['cat']);
  assert.deepEqual(output.text.index, [labels.indexOf('cat')]);
  assert.deepEqual(labelsOf(output.text.scores), ['cat']);
  assert.equal(Math.fround(Math.max(...output.text.scores[0])), Math.fround(ours[0]!.score));
  assert.deepEqual(
    output.textTop.scores[0].map((text: string) => text.split(':')[2]),
    best(3).map(({ label }) => label),
  );
  assert.deepEqual(Object.keys(output.textLabel).sort(), ['answer', 'label']);
  assert.deepEqual(output.binary.label, ['cat', 'cat']);
  assert.deepEqual(output.binary.scores, [output.text.scores[0], output.text.scores[0]]);
  for (const [json, binary] of [output.pixels, output.tensor]) {
    assert.equal(json.length, 2);
    assert.deepEqual(json, binary);
  }
  // The starter release only divides by 255.
  assert.deepEqual(labelsOf(output.tensor[0]), labelsOf(output.pixels[0]));

  assert.equal(output.unknown.status, '404');
  assert.match(output.unknown.text, /no model none/);
  assert.match(output.broken.text, /base64/);
  t.diagnostic(cat({ label: output.text.label[0], score: Math.max(...output.text.scores[0]) }));
});

test("KServe's client", { skip }, async (t) => {
  const { outputs, shapes, unknown, ...health } = await askWith('kserve_client.py', [address, image]);
  assert.deepEqual(health, { live: true, ready: true, modelReady: true, unknownReady: false });
  assert.deepEqual(shapes, { scores: [1, 10], label: [1], index: [1] });
  assert.deepEqual(outputs.label, ['cat']);
  assert.deepEqual(
    outputs.scores,
    labels.map((label) => ours.find((one) => one.label === label)!.score),
  );
  assert.match(unknown, /no model none/);
  t.diagnostic(cat({ label: outputs.label[0], score: Math.max(...outputs.scores) }));
});
