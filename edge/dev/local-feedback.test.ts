import assert from 'node:assert/strict';
import { mkdtemp, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { localFeedback } from './local-feedback.ts';

test('the secret is readable only by its owner, stable across restarts, and different in another folder', async () => {
  const [root, other] = [await mkdtemp(join(tmpdir(), 'glimpse-')), await mkdtemp(join(tmpdir(), 'glimpse-'))];
  const vars = await localFeedback(root);
  assert.match(vars.FEEDBACK_SECRET!, /^[0-9a-f]{64}$/);
  assert.equal(vars.FEEDBACK_IMAGES, 'on');
  assert.equal((await stat(join(root, '.wrangler/state/feedback-secret'))).mode & 0o777, 0o600);
  assert.deepEqual(await localFeedback(root), vars);
  assert.notEqual((await localFeedback(other)).FEEDBACK_SECRET, vars.FEEDBACK_SECRET);
});

test('settings in .dev.vars take precedence', async () => {
  const root = await mkdtemp(join(tmpdir(), 'glimpse-'));
  await writeFile(join(root, '.dev.vars'), 'S3_BUCKET="x"\nFEEDBACK_SECRET="mine"\n');
  assert.deepEqual(await localFeedback(root), {});
});
