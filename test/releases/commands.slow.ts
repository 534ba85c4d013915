/** The life of a model on a real S3 server, by the command line alone. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { BUCKET, S3_MISSING, s3Available, startS3 } from '../support/start-s3.ts';
import { CLASSES, trainOnColors, writeColors } from './colors.ts';
import { type Ended, events, glimpse } from './command-line.ts';

if (await s3Available()) {
  const folder = await mkdtemp(join(tmpdir(), 'glimpse-releases-'));
  const s3 = await startS3();
  after(async () => {
    await s3.stop();
    await rm(folder, { recursive: true });
  });
  await writeColors(join(folder, 'colors'));
  const store = `s3://${BUCKET}/a/prefix`;
  const env = { ...s3.env, GLIMPSE_CACHE: join(folder, 'cache'), GLIMPSE_ACTOR: 'ann', GLIMPSE_STORE: store };
  const call = (...args: string[]) => glimpse(folder, env, args);
  const done = async (...args: string[]): Promise<Ended> => {
    const ended = await call(...args);
    assert.equal(ended.code, 0, `${args.join(' ')}: ${ended.err}${ended.out}`);
    return ended;
  };
  const releases = (verb: string, ...args: string[]) => done('releases', verb, '--model', 'colors', ...args);
  const to = ['--model', 'colors', '--to', store];

  const first = await trainOnColors(done);
  const second = await trainOnColors(done, '--seed', '2');
  const bad = await trainOnColors(done, '--epochs', '1', '--learning-rate', '1e-6', '--seed', '3');
  let publicKey = '';

  test('a signing key is readable by its owner only, never printed and never overwritten', async () => {
    const created = await done('--json', 'signing-keys', 'create', '--out', 'key.txt');
    publicKey = events(created.out, 'signing-key')[0]!.publicKey as string;
    assert.match(publicKey, /^glimpse-public-key-/);
    const secret = await readFile(join(folder, 'key.txt'), 'utf8');
    assert.match(secret, /^glimpse-signing-key-/);
    assert.ok(!created.out.includes(secret.trim().slice('glimpse-signing-key-'.length)));
    assert.equal((await stat(join(folder, 'key.txt'))).mode & 0o777, 0o600);
    const again = await call('signing-keys', 'create', '--out', 'key.txt');
    assert.equal(again.code, 1);
    assert.match(again.err, /key\.txt already exists, and a key is never overwritten/);
    assert.equal(await readFile(join(folder, 'key.txt'), 'utf8'), secret);
  });

  test('a first release is measured, signed and published; publishing it again is a reported no-op', async () => {
    const { out } = await done('--json', 'publish', first.run, ...to, '--sign', 'key.txt');
    const [gate] = events(out, 'gate');
    assert.equal(gate!.passed, true);
    assert.equal(events(out, 'published')[0]!.version, first.version);
    assert.match((await done('publish', first.run, ...to, '--sign', 'key.txt')).out, /nothing to do/);
    assert.match((await releases('show', first.version, '--trust', publicKey)).out, /signature is valid/);
  });

  test('a release that is significantly worse fails the gate: exit 1, nothing written, every figure recorded', async () => {
    const before = (await releases('list')).out;
    const { code, out, err } = await call('publish', bad.run, ...to);
    assert.equal(code, 1);
    assert.match(out, /The gate failed: accuracy .*\n.*failed: relative\.accuracy is .* p (?:< )?0\.\d{4}/);
    assert.match(err, /Nothing was published.*--override/);
    assert.equal((await releases('list')).out, before);
    const verdict = JSON.parse(await readFile(join(bad.run, 'gate.json'), 'utf8'));
    assert.equal(verdict.passed, false);
    assert.equal(verdict.live.version, first.version);
    assert.equal(verdict.candidate.recall.length, CLASSES);
    assert.ok(
      verdict.checks.some(({ name, test }: { name: string; test?: object }) => name === 'relative.accuracy' && test),
    );
    const alone = await call('gate', bad.run, '--from', store, '--model', 'colors');
    assert.equal(alone.code, 1);
  });

  test('absolute bounds come from a file', async () => {
    await writeFile(join(folder, 'bounds.ts'), 'export default { absolute: { bytes: 1000 } };\n');
    const { code, out } = await call('gate', first.run, '--bounds', 'bounds.ts');
    assert.equal(code, 1);
    assert.match(out, /failed: absolute\.bytes is \d+, the bound is 1000/);
    assert.equal((await call('gate', first.run)).code, 0);
  });

  test('canary, promote and rollback are in the history with actor, reason and gate', async () => {
    const canary = ['--channel', 'canary', '--percent', '10', '--reason', 'try it'];
    await done('publish', second.run, ...to, ...canary, '--sign', 'key.txt');
    assert.match((await releases('list')).out, new RegExp(`${second.version} .* canary 10%`));
    const promoted = await releases('promote', second.version, '--trust', publicKey);
    assert.match(promoted.out, new RegExp(`"stable" moved from ${first.version} to ${second.version}`));
    assert.match((await releases('promote', second.version)).out, /already.*: nothing to do/);
    const between = new Date().toISOString();
    await new Promise((resolve) => setTimeout(resolve, 10));
    assert.match(
      (await releases('rollback', '--reason', 'oops')).out,
      new RegExp(`back from ${second.version} to ${first.version}`),
    );
    const history = (await releases('history')).out;
    assert.match(history, /→ .* by ann: oops\n/);
    assert.match(
      history,
      /canary {2}nothing → .* \(10%\) {2}by ann: try it\n {4}gate passed: accuracy .* \(live .*, p .*\)/,
    );
    assert.match(
      (await releases('history', '--at', between)).out,
      new RegExp(`stable at .*: ${second.version}, since`),
    );
    assert.match((await releases('history', '--at', '2020-01-01')).out, /stable at 2020-01-01: nothing yet/);
    const none = await call('releases', 'rollback', '--model', 'colors');
    assert.match(none.err, /has no version of colors before/);
    assert.equal(none.code, 1);
  });

  test('an override is published and recorded; an unsigned release is not promoted where keys are trusted', async () => {
    await done('publish', bad.run, ...to, '--channel', 'lab', '--override', 'to look at it');
    assert.match((await releases('history', '--channel', 'lab')).out, /gate overridden \(to look at it\): accuracy/);
    const refused = await call('releases', 'promote', bad.version, '--model', 'colors', '--trust', publicKey);
    assert.match(refused.err, /not signed/);
    assert.equal(refused.code, 1);
    assert.match((await releases('list')).out, new RegExp(`${first.version} .* stable`));
  });

  test('a stored version is signed with another key, once', async () => {
    const keyless = await call('releases', 'sign', bad.version, '--model', 'colors');
    assert.deepEqual([keyless.code, /--sign KEYFILE/.test(keyless.err)], [1, true]);
    const sign = ['--sign', 'key.txt'];
    assert.match((await releases('sign', bad.version, ...sign)).out, /^Signed colors \S+ with the key [0-9a-f]{16}\./);
    assert.match((await releases('sign', bad.version, ...sign)).out, /already.*: nothing to do/);
    assert.match(
      (await releases('show', bad.version, '--trust', publicKey)).out,
      /beside it, and the signature is valid/,
    );
    assert.match((await releases('promote', bad.version, '--channel', 'lab', '--trust', publicKey)).out, /already/);
  });

  test('two releases are compared entry by entry', async () => {
    const { out } = await releases('diff', first.version, second.version);
    assert.match(out, /run\.seed +1 +2/);
    assert.match(out, /files\.weights\.bin\.sha256/);
    assert.ok(!out.includes('architecture.parameters'));
  });

  test('prune shows its plan, and carries it out with --yes; everything left verifies', async () => {
    await releases('promote', first.version, '--channel', 'lab');
    const shown = await releases('prune', '--keep', '0');
    assert.match(shown.out, new RegExp(`keep +${first.version} +live on`));
    assert.match(shown.out, new RegExp(`keep +${bad.version} +rollback target of lab`));
    assert.match(shown.out, /Nothing was deleted/);
    await releases('promote', second.version, '--channel', 'lab');
    const pruned = await releases('prune', '--keep', '0', '--yes');
    assert.match(pruned.out, new RegExp(`deleted +${bad.version} +version, 4 objects`));
    assert.ok(!(await releases('list')).out.includes(bad.version));
    assert.match((await releases('verify', '--trust', publicKey)).out, /^2 versions of colors are valid\.\n$/);
  });
} else {
  test('the life of a model on a real S3 server', { skip: S3_MISSING }, () => {});
}
