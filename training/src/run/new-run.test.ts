import assert from 'node:assert/strict';
import test from 'node:test';
import { cifar10Small } from '@glimpse/shared/model/architectures/cifar10-small';
import type { OpenedData } from '../data/open-data.ts';
import { chooseNetwork, chooseSettings } from './new-run.ts';

const data = { train: { count: 100 }, shape: [32, 32, 3], labels: ['cat', 'dog'] } as unknown as OpenedData['data'];
const known = { data } as OpenedData;
const imageFolder = { data, datasetReport: {} } as OpenedData;
const recipe = { settings: { epochs: 5, optimizer: 'adam' as const }, source: '' };

test('the command line overrides the recipe, which overrides the image-folder settings', () => {
  const chosen = (opened: OpenedData, values: [string, unknown][], from?: typeof recipe) =>
    chooseSettings({ opened, settings: new Map(values), recipe: from });
  assert.equal(chosen(known, []).epochs, 10);
  assert.equal(chosen(imageFolder, []).augmentation.flip, true);
  assert.equal(chosen(imageFolder, [], recipe).epochs, 5);
  const { epochs, optimizer } = chosen(
    imageFolder,
    [
      ['epochs', 3],
      ['optimizer.learningRate', 0.5],
    ],
    recipe,
  );
  assert.equal(epochs, 3);
  assert.deepEqual([optimizer.name, optimizer.learningRate], ['adam', 0.5]);
});

test('a learning rate alone applies to the default optimizer', () => {
  const { optimizer } = chooseSettings({
    opened: known,
    settings: new Map([['optimizer.learningRate', 0.5]]),
    recipe: undefined,
  });
  assert.deepEqual([optimizer.name, optimizer.learningRate], ['rmsprop', 0.5]);
});

test("the network is the named one, the recipe's, or the default for the data", () => {
  const name = (...args: Parameters<typeof chooseNetwork>) => chooseNetwork(...args).architecture.name;
  assert.equal(name('cifar10-bn', { architecture: cifar10Small }, known), 'cifar10-bn');
  assert.equal(name(undefined, { architecture: cifar10Small }, known), 'cifar10-small');
  assert.equal(name(undefined, undefined, known), 'cifar10-tutorial');
  assert.equal(name(undefined, undefined, imageFolder), 'pictures-small');
});

test('a built-in architecture gets one output per class; a recipe architecture is unchanged', () => {
  const { architecture } = chooseNetwork(undefined, { architecture: cifar10Small }, known);
  assert.equal((architecture.layers.at(-1)!.config as { units: number }).units, 2);
  const own = { ...cifar10Small, name: 'mine' };
  assert.equal(chooseNetwork(undefined, { architecture: own }, known).architecture, own);
});
