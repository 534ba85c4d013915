import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test, { after } from 'node:test';
import { promisify } from 'node:util';
import { installationFile } from '../engines/tensorflow/installation.ts';
import { crc32c, TensorBoardLog } from './tensorboard.ts';

const folder = await mkdtemp(join(tmpdir(), 'glimpse-tensorboard-'));
after(() => rm(folder, { recursive: true }));

test('the checksum matches the examples of RFC 3720', () => {
  assert.equal(crc32c(new Uint8Array(32)), 0x8a9136aa);
  assert.equal(crc32c(new Uint8Array(32).fill(0xff)), 0x62a8ab43);
  assert.equal(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i)), 0x46dd794e);
});

test('a log that is opened again gets a second file that sorts after the first', async () => {
  const place = join(folder, 'again');
  const first = await TensorBoardLog.open(place);
  const second = await TensorBoardLog.open(place);
  await first.close();
  await second.close();
  assert.equal((await readdir(place)).length, 2);
  assert.notEqual(first.path, second.path);
});

test('a folder that cannot be written is an error with the reason', async () => {
  await writeFile(join(folder, 'file'), '');
  await assert.rejects(TensorBoardLog.open(join(folder, 'file')), { code: 'run-unwritable' });
});

const python = ['cpu', 'gpu']
  .map((kind) => join(dirname(installationFile), `venv-${kind}/bin/python`))
  .find(existsSync);

const readBack = `
import json, sys, tensorflow as tf
for event in tf.compat.v1.train.summary_iterator(sys.argv[1]):
    print(json.dumps({'wall': event.wall_time, 'step': event.step, 'version': event.file_version,
                      'values': {v.tag: v.simple_value for v in event.summary.value}}))
`;

test('TensorFlow reads back what was written', {
  skip: python ? false : 'TensorFlow is not installed: npx glimpse engine install',
}, async () => {
  const log = await TensorBoardLog.open(join(folder, 'read'));
  await log.scalars(0, { epoch_loss: 2.5, epoch_accuracy: 0.125 });
  await log.scalars(300, { 'genauigkeit/µ': -1e-20, nan: Number.NaN });
  await log.scalars(2 ** 40, {});
  await log.close();
  const { stdout } = await promisify(execFile)(python!, ['-c', readBack, log.path]);
  const events = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line.replaceAll('NaN', 'null')));
  assert.ok(events.every(({ wall }) => Math.abs(wall - Date.now() / 1000) < 600));
  assert.deepEqual(
    events.map(({ step, version, values }) => ({ step, version, values })),
    [
      { step: 0, version: 'brain.Event:2', values: {} },
      { step: 0, version: '', values: { epoch_loss: 2.5, epoch_accuracy: 0.125 } },
      { step: 300, version: '', values: { 'genauigkeit/µ': Math.fround(-1e-20), nan: null } },
      { step: 2 ** 40, version: '', values: {} },
    ],
  );
  // A damaged byte is noticed: the checksums are checked, and so were right above.
  const bytes = await readFile(log.path);
  bytes[bytes.length - 20]! ^= 1;
  await writeFile(log.path, bytes);
  await assert.rejects(promisify(execFile)(python!, ['-c', readBack, log.path]), /DataLoss|corrupted/);
});
