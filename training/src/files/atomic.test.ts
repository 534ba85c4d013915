import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { moveIntoPlace } from './atomic.ts';

const root = await mkdtemp(join(tmpdir(), 'glimpse-move-'));
after(() => rm(root, { recursive: true }));

test('of several processes that finish the same folder, the first one wins and none fails', async () => {
  const finished = await Promise.all(
    [1, 2, 3].map(async (n) => {
      const folder = join(root, `work-${n}`);
      await mkdir(folder);
      await writeFile(join(folder, 'data'), 'the same');
      return folder;
    }),
  );
  const place = join(root, 'place');
  await Promise.all(finished.map((folder) => moveIntoPlace(folder, place)));
  assert.equal(await readFile(join(place, 'data'), 'utf8'), 'the same');
  assert.equal((await readdir(root)).filter((name) => name.startsWith('work')).length, 2);
});

test('a folder that cannot be moved is an error', async () => {
  await assert.rejects(moveIntoPlace(join(root, 'nothing'), join(root, 'elsewhere')), { code: 'ENOENT' });
});
