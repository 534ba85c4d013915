import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { publishCommand } from './publish.ts';

const GLIMPSE = fileURLToPath(new URL('./glimpse.ts', import.meta.url));

test('publish reads its store from GLIMPSE_STORE, as the releases verbs do', () => {
  assert.equal(publishCommand().options.find(({ long }) => long === '--to')?.envVar, 'GLIMPSE_STORE');
});

test('--version prints the version', async () => {
  const out = await new Promise<string>((resolve) => {
    execFile(process.execPath, [GLIMPSE, '--version'], (_, stdout) => resolve(stdout));
  });
  assert.match(out, /^\d+\.\d+\.\d+\n$/);
});

test('releases list of an unknown model fails and says which models the store has', async () => {
  const root = await mkdtemp(join(tmpdir(), 'glimpse-list-'));
  const config =
    'name = "test"\ncompatibility_date = "2026-11-01"\n[[r2_buckets]]\nbinding = "RELEASES"\nbucket_name = "test"\n';
  await writeFile(join(root, 'wrangler.toml'), config);
  const args = [GLIMPSE, 'releases', 'list', '--model', 'nosuch', '--from', 'local'];
  const [code, stderr] = await new Promise<[unknown, string]>((resolve) => {
    execFile(process.execPath, args, { cwd: root }, (error, _, err) => resolve([error?.code ?? 0, err]));
  });
  await rm(root, { recursive: true });
  assert.equal(code, 1);
  assert.match(stderr, /has no releases of nosuch\. It has no models\./);
});
