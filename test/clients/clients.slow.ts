/** Clients that others wrote, as they are, against the Worker with the starter release. */
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

/** The first `count` of our own answer, to the bit. */
const best = (count: number) => ours.slice(0, count).map(({ label, score }) => ({ label, score }));
/** The class whose score is the highest, of each row. */
const labelsOf = (scores: number[][]) => scores.map((row) => labels[row.indexOf(Math.max(...row))]);

/** The last line of a client: what it made of the cat. */
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
  const said = await askWith('triton.py', [worker.url.host, image]);
  const { live, ready, modelReady, versionReady, unknownReady } = said;
  assert.deepEqual([live, ready, modelReady, versionReady, unknownReady], [true, true, true, true, false]);
  assert.equal(said.server.name, 'glimpse');
  assert.deepEqual(said.metadata.outputs[0].shape, [-1, labels.length]);

  assert.equal(said.text.answer.id, 'mine');
  assert.deepEqual(said.text.label, ['cat']);
  assert.deepEqual(said.text.index, [labels.indexOf('cat')]);
  assert.deepEqual(labelsOf(said.text.scores), ['cat']);
  assert.equal(Math.fround(Math.max(...said.text.scores[0])), Math.fround(ours[0]!.score));
  assert.deepEqual(
    said.textTop.scores[0].map((text: string) => text.split(':')[2]),
    best(3).map(({ label }) => label),
  );
  assert.deepEqual(Object.keys(said.textLabel).sort(), ['answer', 'label']);
  assert.deepEqual(said.binary.label, ['cat', 'cat']);
  assert.deepEqual(said.binary.scores, [said.text.scores[0], said.text.scores[0]]);
  for (const [json, binary] of [said.pixels, said.tensor]) {
    assert.equal(json.length, 2);
    assert.deepEqual(json, binary);
  }
  // The starter release divides by 255 and normalizes no further.
  assert.deepEqual(labelsOf(said.tensor[0]), labelsOf(said.pixels[0]));

  assert.equal(said.unknown.status, '404');
  assert.match(said.unknown.text, /no model none/);
  assert.match(said.broken.text, /base64/);
  t.diagnostic(cat({ label: said.text.label[0], score: Math.max(...said.text.scores[0]) }));
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
