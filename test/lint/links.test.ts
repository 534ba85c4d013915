import assert from 'node:assert/strict';
import test from 'node:test';
import { anchorsOf, brokenLinks } from './links.ts';

const page = `# The page
[good](other.md#two-words) [itself](#the-page) [web](https://example.org/) [gone](gone.md) [lost](other.md#lost)
\`edge/src/app.ts\` and \`edge/src/gone.ts\`
`;
const files = new Map(
  Object.entries({ 'docs/page.md': page, 'docs/other.md': '## Two `words`!\n', 'edge/src/app.ts': '' }).map(
    ([name, text]) => [name, () => text],
  ),
);

test('broken links, missing anchors and missing files are reported', () => {
  assert.deepEqual(brokenLinks('docs/page.md', files), [
    'broken link: gone.md',
    'no such heading: other.md#lost',
    'no such file: edge/src/gone.ts',
  ]);
});

test('repeated headings get numbered anchors', () => {
  assert.deepEqual([...anchorsOf('# A b\n# A b\n')], ['a-b', 'a-b-1']);
});
