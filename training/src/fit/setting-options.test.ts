import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { settingOptions, settingsTable, withValues } from './setting-options.ts';
import { settingsSchema } from './settings.ts';

const options = new Map(settingOptions(settingsSchema).map((option) => [option.path.join('.'), option]));

test('an option has the bounds and the default of its schema', () => {
  const epochs = options.get('epochs')!;
  assert.deepEqual(
    [epochs.flag, epochs.expected, epochs.defaultText],
    ['--epochs <n>', 'an integer from 1 to 100000', '10'],
  );
  assert.deepEqual(['3', '0', '1.5', 'ten', ''].map(epochs.parse), [3, undefined, undefined, undefined, undefined]);
  assert.equal(options.get('optimizer.learningRate')!.expected, 'a number above 0');
  assert.deepEqual(options.get('schedule')!.choices, ['constant', 'step', 'cosine', 'one-cycle']);
});

test('values replace those of a recipe and keep the settings beside them', () => {
  const recipe = { optimizer: 'adam', augmentation: { flip: true, translate: 2 } };
  assert.deepEqual(
    withValues<object>(
      recipe,
      new Map<string, unknown>([
        ['optimizer.learningRate', 0.1],
        ['augmentation.translate', 4],
      ]),
    ),
    { optimizer: { name: 'adam', learningRate: 0.1 }, augmentation: { flip: true, translate: 4 } },
  );
  assert.deepEqual(withValues({}, new Map([['earlyStopping.patience', 3]])), { earlyStopping: { patience: 3 } });
});

test('the table of settings in docs/training.md matches the schema', () => {
  const docs = readFileSync(join(import.meta.dirname, '../../../docs/training.md'), 'utf8');
  for (const row of settingsTable(settingsSchema))
    assert.ok(docs.includes(`${row}\n`), `docs/training.md lacks: ${row}`);
});
