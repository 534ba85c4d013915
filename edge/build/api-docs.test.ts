/** docs/api.md matches the code. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import test from 'node:test';
import { limitsSchema } from '@glimpse/shared/api/limits';
import { problems } from '@glimpse/shared/api/problems';
import { routes } from '../src/routes/routes.ts';
import { openApiPath } from './openapi-document.ts';

const text = await readFile(new URL('../../docs/api.md', import.meta.url), 'utf8');
const section = (title: string) => text.split(/^## /m).find((part) => part.startsWith(`${title}\n`)) ?? '';
const rows = (title: string) => section(title).match(/^\| .+ \|$/gm) ?? [];

test('the table of errors has exactly the problem codes, with status, meaning and remedy', () => {
  const expected = Object.entries(problems).map(
    ([code, { status, title, remedy }]) => `| ${status} | \`${code}\` | ${title} | ${remedy} |`,
  );
  assert.deepEqual(rows('Errors').slice(1).sort(), expected.sort());
});

test('the table of limits has exactly the limits, with their defaults', () => {
  const written = rows('Limits')
    .slice(1)
    .map((row) => {
      const [, name, amount = '', unit] = /^\| `(\w+)` \| ([\d,]+)( MiB)? \|/.exec(row) ?? [];
      return [name, Number(amount.replaceAll(',', '')) * (unit ? 2 ** 20 : 1)];
    });
  assert.deepEqual(Object.fromEntries(written), limitsSchema.parse({}));
  assert.equal(written.length, Object.keys(limitsSchema.shape).length);
});

test('docs/api.md names every route', () => {
  for (const { method, path: pattern, errorShape } of routes) {
    const path = openApiPath(pattern);
    const heading = `\n## ${method} ${path}\n`;
    const named = method === 'GET' ? section('GET').includes(`\`${path}\``) : text.includes(heading);
    // Compat protocols have sections of their own, where one sentence covers the routes of a version.
    const compat = `\`${method} ${path.replace('/versions/{version}', '')}\``;
    assert.ok(errorShape === 'text' ? text.includes(compat) : named, `${method} ${path}`);
  }
});
