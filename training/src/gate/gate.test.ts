import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { useWasmBackend } from '@glimpse/shared/model/runtime/node-wasm-backend';
import type { Manifest } from '@glimpse/shared/release/manifest';
import { testRelease } from '@glimpse/test/support/release';
import { colorData } from '@glimpse/test/support/training/data';
import { trainedRun } from '@glimpse/test/support/training/trained-run';
import { memory } from '@tensorflow/tfjs-core';
import { readReleaseFolder } from '../publish/release-folder.ts';
import { quantizeRun } from '../quantize/quantize-run.ts';
import { type Bounds, boundsSchema, loadBounds } from './bounds.ts';
import { describeVerdict, noteOf, runGate } from './gate.ts';
import { judgeAgainst, judgeAlone } from './judge.ts';
import { type MeasuredRelease, measureRelease, recordedFigures } from './measure-release.ts';

const folder = await mkdtemp(join(tmpdir(), 'glimpse-gate-'));
after(() => rm(folder, { recursive: true }));
const defaults = boundsSchema.parse({});
/** Nothing may be lost beyond chance. */
const strict = boundsSchema.parse({ relative: { accuracyLoss: 0, recallLoss: 0 } });
const quiet = { onProgress() {} };

/** A classifier of two classes that is right on the first `right` of `truth.length` images. */
function measured(truth: Uint8Array, isRight: (image: number) => boolean, change: object = {}): MeasuredRelease {
  const probabilities = new Float32Array(truth.length * 2);
  const right = [0, 0];
  for (const [image, wanted] of truth.entries()) {
    probabilities[image * 2 + (isRight(image) ? wanted : 1 - wanted)] = 1;
    if (isRight(image)) right[wanted]!++;
  }
  const counts = [truth.filter((wanted) => wanted === 0).length, truth.filter((wanted) => wanted === 1).length];
  const figures = {
    version: '20261125T0312Z-00000001',
    labels: ['cat', 'dog'],
    pictures: truth.length,
    accuracy: (right[0]! + right[1]!) / truth.length,
    recall: right.map((count, index) => count / counts[index]!),
    calibrationError: 0,
    quantizationDrop: 0,
    quantizationLost: 0,
    bytes: 1000,
    multiplyAdds: 1000,
    ...change,
  };
  return { figures, probabilities };
}

/** Which image of its class it is. */
const nth = (image: number) => image >> 1;
const truth = Uint8Array.from({ length: 1000 }, (_, i) => i % 2);
const failed = (ours: MeasuredRelease, theirs: MeasuredRelease, bounds: Bounds = strict) =>
  judgeAgainst(ours, theirs, truth, bounds).flatMap(({ name, passed }) => (passed ? [] : [name]));

test('a loss that chance explains does not fail, and one beyond chance does', () => {
  const live = measured(truth, (i) => nth(i) % 10 !== 0);
  // Others are wrong, and two more than before: chance.
  assert.deepEqual(
    failed(
      measured(truth, (i) => nth(i) % 10 !== 1 && nth(i) !== 12),
      live,
    ),
    [],
  );
  assert.deepEqual(failed(live, live), []);
  // The same are wrong, and some thirty more.
  const worse = measured(truth, (i) => nth(i) % 10 !== 0 && nth(i) % 33 !== 1);
  assert.deepEqual(failed(worse, live), ['relative.accuracy', 'relative.recall.cat', 'relative.recall.dog']);
  assert.deepEqual(failed(live, worse), [], 'to be better is allowed');
  const allowed = boundsSchema.parse({ relative: { accuracyLoss: 0.05, recallLoss: 0.05 } });
  assert.deepEqual(failed(worse, live, allowed), []);
  assert.deepEqual(failed(worse, live, defaults), ['relative.accuracy'], 'by default a point, and ten of a class');
});

test('a class that is lost fails, even where the others make up for it', () => {
  const live = measured(truth, (i) => nth(i) % 4 > 0);
  const unfair = measured(truth, (i) => truth[i] === 1 || (nth(i) % 4 > 0 && nth(i) % 8 !== 1));
  assert.ok(unfair.figures.accuracy > live.figures.accuracy);
  assert.deepEqual(failed(unfair, live), ['relative.recall.cat']);
});

test('size, multiply-adds and calibration may not grow beyond their bounds', () => {
  const live = measured(truth, () => true);
  const grown = (change: object) =>
    failed(
      measured(truth, () => true, change),
      live,
    );
  assert.deepEqual(grown({ bytes: 2000, multiplyAdds: 2000, calibrationError: 0.05 }), []);
  assert.deepEqual(grown({ bytes: 2001 }), ['relative.bytes']);
  assert.deepEqual(grown({ multiplyAdds: 2001 }), ['relative.multiplyAdds']);
  assert.deepEqual(grown({ calibrationError: 0.06 }), ['relative.calibrationError']);
});

test('each absolute bound fails by itself', () => {
  const { figures } = measured(truth, (i) => i % 10 !== 0);
  const bad = (absolute: object, change: object = {}) =>
    judgeAlone({ ...figures, ...change }, boundsSchema.parse({ absolute })).flatMap(({ name, passed }) =>
      passed ? [] : [name],
    );
  assert.deepEqual(bad({}), []);
  assert.deepEqual(bad({ accuracy: 0.9 }), []);
  assert.deepEqual(bad({ accuracy: 0.91 }), ['absolute.accuracy']);
  assert.deepEqual(bad({ recall: 0.85 }), ['absolute.recall.cat']);
  assert.deepEqual(bad({ bytes: 999 }), ['absolute.bytes']);
  assert.deepEqual(bad({ multiplyAdds: 999 }), ['absolute.multiplyAdds']);
  assert.deepEqual(bad({ calibrationError: 0.1 }, { calibrationError: 0.11 }), ['absolute.calibrationError']);
  assert.deepEqual(bad({}, { quantizationDrop: 0.01, quantizationLost: 10 }), ['absolute.quantizationDrop']);
  assert.deepEqual(bad({}, { quantizationDrop: 0.01, quantizationLost: 1 }), [], 'a single image says nothing');
  const recorded = recordedFigures({ ...releaseLike(), labels: ['cat', 'dog'] } as Manifest);
  const names = judgeAlone(recorded, boundsSchema.parse({ absolute: { recall: 0.1, calibrationError: 0.5 } }));
  assert.equal(names.filter(({ passed }) => !passed).length, 2, 'what was not measured keeps no bound');
});

function releaseLike() {
  const metrics = { pictures: 100, correct: 90, accuracy: 0.9, loss: 1 };
  return {
    version: '20261125T0312Z-00000001',
    metrics: { float: metrics, quantized: metrics },
    files: [{ size: 1 }],
    architecture: { multiplyAdds: 1 },
  };
}

test('a trained release passes against an untrained one, and not the other way round', async () => {
  const data = colorData();
  const { run } = await trainedRun(folder, { epochs: 6 });
  await quantizeRun(run, data, { dtype: 'uint8', maxDrop: 5, model: 'colors', ...quiet });
  const trained = await readReleaseFolder(run.releasePath);
  const random = await testRelease({ change: { labels: [...data.labels] } });
  const good = await runGate({ candidate: trained, live: random, test: data.test, bounds: defaults, ...quiet });
  assert.ok(good.passed, describeVerdict(good));
  assert.equal(good.candidate.accuracy, trained.manifest.metrics.quantized.accuracy, 'as the run measured it');
  assert.match(
    noteOf(good, undefined).figures,
    /^accuracy 0\.\d{4} of 100 \(live 0\.\d{4}, p (?:< 0\.0001|0\.0\d{3})\); worst recall/,
  );
  const bad = await runGate({ candidate: random, live: trained, test: data.test, bounds: defaults, ...quiet });
  assert.ok(!bad.passed);
  assert.match(
    describeVerdict(bad),
    /gate failed.*\n {2}failed: relative\.accuracy is 0\.\d+, the bound is .* only in the live release/,
  );
  assert.deepEqual(noteOf(bad, 'I know').override, 'I know');
});

test('measured twice a release gives the same answers, and leaves nothing in the backend', async () => {
  const { test: set } = colorData();
  const release = await testRelease({});
  await useWasmBackend();
  const { numTensors } = memory();
  const first = measureRelease(release, set, () => {});
  const again = measureRelease(release, set, () => {});
  assert.equal(Buffer.compare(Buffer.from(first.probabilities.buffer), Buffer.from(again.probabilities.buffer)), 0);
  assert.equal(memory().numTensors, numTensors);
});

test('other labels, or no images to compare on, fail with the reason', async () => {
  const { test: set } = colorData();
  const [candidate, live] = [await testRelease({ seed: 1 }), await testRelease({ seed: 2 })];
  const labels = live.manifest.labels.toReversed();
  const other = { ...live, manifest: { ...live.manifest, labels } };
  const changed = await runGate({ candidate, live: other, test: set, bounds: defaults, ...quiet });
  assert.match(changed.obstacle!, /different labels/);
  const blind = await runGate({ candidate, live, test: undefined, bounds: defaults, ...quiet });
  assert.match(blind.obstacle!, /no images/);
  assert.ok(!changed.passed && !blind.passed);
});

test('a first release is judged by its own record where there are no images', async () => {
  const candidate = await testRelease({});
  const demanding = boundsSchema.parse({ absolute: { accuracy: 0.2 } });
  assert.ok((await runGate({ candidate, live: undefined, test: undefined, bounds: defaults, ...quiet })).passed);
  assert.ok(!(await runGate({ candidate, live: undefined, test: undefined, bounds: demanding, ...quiet })).passed);
});

test('bounds are read from a file, and a misspelt one is named', async () => {
  const write = async (name: string, text: string) => {
    await writeFile(join(folder, name), text);
    return join(folder, name);
  };
  const good = await loadBounds(await write('good.ts', 'export default { absolute: { accuracy: 0.7 } };'));
  assert.equal(good.absolute.accuracy, 0.7);
  assert.equal(good.relative.significance, 0.05);
  assert.deepEqual(await loadBounds(undefined), defaults);
  const misspelt = await write('misspelt.ts', 'export default { absolute: { acuracy: 0.7 } };');
  await assert.rejects(loadBounds(misspelt), { code: 'config-invalid', message: /absolute\.acuracy.*"accuracy"/ });
  await assert.rejects(loadBounds(await write('percent.ts', 'export default { absolute: { accuracy: 70 } };')), {
    code: 'config-invalid',
  });
  await assert.rejects(loadBounds(join(folder, 'nowhere.ts')), { code: 'config-invalid', message: /does not run/ });
});

test('with more classes, the loss in one class needs more evidence', () => {
  // Class 0 loses 7 images of 50 and gains none, which has a mid-p of 2 ** -7 = 0.0078: between 0.05 / 2 and 0.05 / 10.
  const recallCheck = (classes: number) => {
    const labels = Array.from({ length: classes }, (_, index) => `c${index}`);
    const truth = Uint8Array.from({ length: classes * 50 }, (_, image) => image % classes);
    const answers = (lost: number): MeasuredRelease => {
      const probabilities = new Float32Array(truth.length * classes);
      for (const [image, label] of truth.entries()) {
        const wrong = label === 0 && Math.floor(image / classes) < lost;
        probabilities[image * classes + (wrong ? 1 : label)] = 1;
      }
      const recall = labels.map((_, index) => (index === 0 ? 1 - lost / 50 : 1));
      const { figures } = measured(truth, () => true);
      return { figures: { ...figures, labels, accuracy: 1 - lost / truth.length, recall }, probabilities };
    };
    return judgeAgainst(answers(7), answers(0), truth, strict).find(({ name }) => name === 'relative.recall.c0')!;
  };
  assert.equal(recallCheck(2).passed, false);
  assert.equal(recallCheck(10).passed, true);
});
