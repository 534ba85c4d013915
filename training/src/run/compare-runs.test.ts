import assert from 'node:assert/strict';
import test from 'node:test';
import { cifar10Tutorial } from '@glimpse/shared/model/architectures/cifar10-tutorial';
import { testRunConfig } from '@glimpse/test/support/training/run-config';
import { settingsSchema } from '../fit/settings.ts';
import { curveEnd, differences, type RunRecord } from './compare-runs.ts';

const record: RunRecord = {
  config: testRunConfig,
  environment: {
    engine: { name: 'wasm', device: 'cpu', deviceName: 'test', threads: 1, versions: { node: '24.1' } },
    platform: 'test',
    revision: 'unknown',
  },
  history: { loss: [], acc: [], val_loss: [], val_acc: [] },
};

test('two identical runs do not differ', () => {
  const again = { ...record, config: { ...record.config, startedAt: '2026-11-26T03:00:00.000Z' } };
  assert.deepEqual(differences([record, again]), []);
});

test('differences in settings and versions are found at any depth, including entries that only one run has', () => {
  const other: RunRecord = {
    ...record,
    config: {
      ...record.config,
      settings: settingsSchema.parse({ seed: 2, optimizer: { name: 'rmsprop', learningRate: 0.01 } }),
    },
    environment: {
      ...record.environment,
      engine: { ...record.environment.engine, versions: { node: '24.2', tensorflow: '2.21' } },
    },
  };
  assert.deepEqual(differences([record, record, other]), [
    { name: 'engine.versions.node', values: ['"24.1"', '"24.1"', '"24.2"'] },
    { name: 'engine.versions.tensorflow', values: [undefined, undefined, '"2.21"'] },
    { name: 'settings.optimizer.learningRate', values: ['0.001', '0.001', '0.01'] },
    { name: 'settings.seed', values: ['1', '1', '2'] },
  ]);
});

test('a layer that only one network has is listed with its class, a shared layer with the options that differ', () => {
  const other = { ...record, config: { ...record.config, architecture: cifar10Tutorial } };
  const found = differences([record, other]);
  const names = found.map(({ name }) => name);
  assert.deepEqual(found.find(({ name }) => name === 'architecture.layers.conv2d.filters')?.values, ['8', '32']);
  assert.deepEqual(
    names.filter((name) => name.startsWith('architecture.layers.dense_1.')),
    ['architecture.layers.dense_1.className'],
  );
});

test('the end of the curves has the last and the best epoch', () => {
  assert.deepEqual(curveEnd({ loss: [3, 2, 1], acc: [0.1, 0.2, 0.3], val_loss: [3, 2, 2], val_acc: [0.1, 0.4, 0.2] }), {
    epochs: 3,
    last: { loss: 1, acc: 0.3, val_loss: 2, val_acc: 0.2 },
    best: { accuracy: 0.4, epoch: 2 },
  });
  assert.equal(curveEnd(record.history).best, undefined);
});
