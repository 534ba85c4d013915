/** The record of a run that nobody trained: for tests of what is done with records. */
import { cifar10Small } from '@glimpse/shared/model/architectures/cifar10-small';
import { settingsSchema } from '@glimpse/training/fit/settings';
import type { RunConfig } from '@glimpse/training/run/run-folder';
import { testInput } from '../release.ts';

export const testRunConfig: RunConfig = {
  command: 'glimpse train',
  startedAt: '2026-11-25T03:00:00.000Z',
  architecture: cifar10Small,
  input: testInput,
  labels: ['a', 'b'],
  data: { name: 'cifar10', fingerprint: '0'.repeat(64), train: 1, test: 1 },
  settings: settingsSchema.parse({}),
};
