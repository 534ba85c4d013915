import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { networkSize } from '@glimpse/shared/model/network/architecture';
import { defineRecipe, loadRecipe, readRecipe } from './recipe.ts';

const folder = await mkdtemp(join(tmpdir(), 'glimpse-recipe-'));
after(() => rm(folder, { recursive: true }));

const refuses = (recipe: unknown, message: RegExp) =>
  assert.throws(() => readRecipe(recipe, 'mine.ts'), { code: 'config-invalid', message });

test('a recipe can name an architecture or define one', () => {
  assert.equal(readRecipe({ architecture: 'cifar10-small' }, '').architecture!.name, 'cifar10-small');
  const described = defineRecipe({
    architecture: {
      name: 'mine',
      inputShape: [8, 8, 1],
      layers: [{ className: 'Flatten' }, { className: 'Dense', config: { units: 2, activation: 'softmax' } }],
    },
  });
  assert.equal(networkSize(readRecipe(described, '').architecture!).parameters, 130);
});

test('a name alone selects an optimizer or a schedule with its defaults', () => {
  const { settings } = readRecipe({ settings: { optimizer: 'adam', schedule: 'cosine' } }, '');
  assert.deepEqual(settings, { optimizer: 'adam', schedule: 'cosine' });
});

for (const [what, recipe, message] of [
  ['a setting', { settings: { optimzer: 'adam' } }, /no option "settings.optimzer"\. Did you mean "optimizer"\?/],
  ['a nested setting', { settings: { augmentation: { fliip: true } } }, /"settings.augmentation.fliip"\..*"flip"/],
  [
    "an optimizer's option",
    { settings: { optimizer: { name: 'adam', beta_1: 0.8 } } },
    /beta_1"\. Did you mean "beta1"/,
  ],
  [
    'an optimizer',
    { settings: { optimizer: 'adm' } },
    /must be one of rmsprop, sgd, adam, adamw\. Did you mean "adam"\?/,
  ],
  [
    'an architecture',
    { architecture: 'cifar10-smal' },
    /no architecture "cifar10-smal"\. Did you mean "cifar10-small"\?/,
  ],
  [
    'a layer',
    { architecture: { name: 'a', inputShape: [8], layers: [{ className: 'Dence' }] } },
    /no layer "Dence"\. Did you mean "Dense"\?/,
  ],
  [
    "a layer's option",
    {
      architecture: {
        name: 'a',
        inputShape: [8, 8, 1],
        layers: [{ className: 'Conv2D', config: { filters: 1, kernel_size: 3 } }],
      },
    },
    /Conv2D has no option "kernel_size"\. Did you mean "kernelSize"\?/,
  ],
  ['a top-level option', { setings: {} }, /no option "setings"\. Did you mean "settings"\?/],
] as const) {
  test(`a misspelled name of ${what} is rejected with a suggestion`, () => refuses(recipe, message));
}

test('NaN and out-of-range values are rejected with the name of the setting', () => {
  refuses({ settings: { epochs: Number.NaN } }, /"settings.epochs" .*received NaN/);
  refuses({ settings: { optimizer: { name: 'sgd', momentum: 1 } } }, /"settings.optimizer.momentum" .*<1/);
  refuses({ settings: { labelSmoothing: -0.1 } }, /"settings.labelSmoothing"/);
});

test('a layer that does not fit is rejected with the network error', () => {
  const layers = [{ className: 'Dense', config: { units: 2 } }];
  refuses({ architecture: { name: 'a', inputShape: [8, 8, 1], layers } }, /Add a Flatten before it/);
});

test('a recipe file is loaded with its source; a missing or broken file, or one without an export, is rejected', async () => {
  const write = async (name: string, text: string) => {
    await writeFile(join(folder, name), text);
    return join(folder, name);
  };
  const good = await write('good.ts', 'const epochs: number = 3;\nexport default { settings: { epochs } };\n');
  const loaded = await loadRecipe(good);
  assert.deepEqual(loaded.settings, { epochs: 3 });
  assert.match(loaded.source, /const epochs: number/);
  await assert.rejects(loadRecipe(join(folder, 'nowhere.ts')), { code: 'config-invalid', message: /cannot be read/ });
  await assert.rejects(loadRecipe(await write('thrown.ts', 'throw new Error("oh")')), { message: /does not run: oh/ });
  await assert.rejects(loadRecipe(await write('empty.ts', 'export const a = 1;')), { message: /no default export/ });
});
