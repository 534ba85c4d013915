/** The data record of an imported run. What a model was trained on is not in its file; this is what it is measured on. */
import { cifar10Fingerprint } from '../data/cifar10.ts';
import type { DataRecord } from '../data/data-record.ts';

/** Always the same bytes, so that an import need not fetch them. */
export const cifar10Record: DataRecord = {
  name: 'cifar10',
  fingerprint: cifar10Fingerprint,
  train: 50_000,
  validation: 10_000,
  test: 10_000,
};

/** Opening it fails with what to do: name the data. */
export const unknownRecord: DataRecord = { name: 'unknown', fingerprint: '0'.repeat(64), train: 0, test: 0 };
