import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { TENSORFLOW } from './installation.ts';

for (const [kind, name] of [
  ['cpu', 'tensorflow-cpu'],
  ['gpu', 'tensorflow'],
] as const) {
  test(`every package of the ${kind} engine is pinned to a version and a hash`, async () => {
    const text = await readFile(join(import.meta.dirname, `requirements-${kind}.txt`), 'utf8');
    const entries = text.split(/\n(?=[a-z])/).slice(1);
    assert.ok(entries.length > 20);
    for (const entry of entries)
      assert.match(entry, /^[a-z0-9._[\]-]+==\S+( ; .*)? \\\n {4}--hash=sha256:[0-9a-f]{64}/);
    assert.ok(
      entries.some(
        (entry) => entry.startsWith(`${name}==${TENSORFLOW} `) || entry.startsWith(`${name}[and-cuda]==${TENSORFLOW} `),
      ),
      `${name} is pinned to ${TENSORFLOW}`,
    );
  });
}
