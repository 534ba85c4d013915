/** docs/api.md says what the tables say. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import test from 'node:test';
import { limitsSchema } from '../limits.ts';
import { problems } from '../problems.ts';
import { routes } from './table.ts';

const text = await readFile(new URL('../../../../docs/api.md', import.meta.url), 'utf8');
const section = (title: string) => text.split(/^## /m).find((part) => part.startsWith(`${title}\n`)) ?? '';
const rows = (title: string) => section(title).match(/^\| .+ \|$/gm) ?? [];

test('the table of errors has each code with its status, meaning and remedy, and no other', () => {
  const expected = Object.entries(problems).map(
    ([code, { status, title, remedy }]) => `| ${status} | \`${code}\` | ${title} | ${remedy} |`,
  );
  assert.deepEqual(rows('Errors').slice(1).sort(), expected.sort());
});

test('the table of limits has each with its default, and no other', () => {
  const written = rows('Limits')
    .slice(1)
    .map((row) => {
      const [, name, amount = '', unit] = /^\| `(\w+)` \| ([\d,]+)( MiB)? \|/.exec(row) ?? [];
      return [name, Number(amount.replaceAll(',', '')) * (unit ? 2 ** 20 : 1)];
    });
  assert.deepEqual(Object.fromEntries(written), limitsSchema.parse({}));
  assert.equal(written.length, Object.keys(limitsSchema.shape).length);
});

test('every route is named', () => {
  for (const { method, path, errorsAsText } of routes) {
    const heading = `\n## ${method.toUpperCase()} ${path}\n`;
    const named = method === 'get' ? section('GET').includes(`\`${path}\``) : text.includes(heading);
    // Those of other services have sections of their own, where one sentence says that there is each for a version.
    const foreign = `\`${method.toUpperCase()} ${path.replace('/versions/{version}', '')}\``;
    assert.ok(errorsAsText ? text.includes(foreign) : named, `${method} ${path}`);
  }
});
