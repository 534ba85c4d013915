/** The data record of an imported run: the data it is evaluated on. A Keras file does not name its training data. */
import { cifar10Fingerprint } from '../data/cifar10.ts';
import type { DataRecord } from '../data/data-record.ts';

/** CIFAR-10 never changes, so an import does not need to download it. */
export const cifar10Record: DataRecord = {
  name: 'cifar10',
  fingerprint: cifar10Fingerprint,
  train: 50_000,
  validation: 10_000,
  test: 10_000,
};

/** Opening it fails with a message that asks for the data. */
export const unknownRecord: DataRecord = { name: 'unknown', fingerprint: '0'.repeat(64), train: 0, test: 0 };
