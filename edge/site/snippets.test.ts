import assert from 'node:assert/strict';
import test from 'node:test';
import { apiSnippets, frameSnippet, scriptSnippet } from './snippets.ts';

const widget = { path: 'widget/ABC.js', integrity: 'sha384-x' };

test('the script snippet has the pinned script and only the attributes that are set', () => {
  assert.equal(
    scriptSnippet('https://glimpse.example', widget, { key: 'pk_1', model: '', capture: true, feedback: false }),
    `<script type="module" src="https://glimpse.example/widget/ABC.js" integrity="sha384-x"></script>
<glimpse-classify key="pk_1" capture></glimpse-classify>`,
  );
});

test('form input is escaped in attributes', () => {
  const hostile = '"><script>alert(1)</script>&';
  for (const text of [
    scriptSnippet('https://glimpse.example', widget, { key: hostile }).split('\n')[1]!,
    frameSnippet('https://glimpse.example', { key: hostile }, hostile),
  ]) {
    assert.ok(!text.includes('"><script'), text);
    assert.ok(!text.includes('<script'), text);
  }
});

test('the frame requests the camera only if the widget does', () => {
  assert.match(frameSnippet('https://glimpse.example', { capture: true }, 'Images'), /\?capture=".* allow="camera"/);
  assert.doesNotMatch(frameSnippet('https://glimpse.example', {}, 'Images'), /allow|\?/);
});

test('each snippet calls this endpoint', () => {
  const snippets = apiSnippets('https://glimpse.example');
  assert.deepEqual(
    snippets.map(({ name }) => name),
    ['curl', 'JavaScript', 'Kotlin', 'Swift', 'Python'],
  );
  for (const { name, text } of snippets) assert.ok(text.includes('https://glimpse.example/v1/classify'), name);
});

test("each snippet shows the API's answer if the image is refused", () => {
  const shown: Record<string, RegExp> = {
    curl: /^curl (?!.*(-f|--fail|-s))/,
    JavaScript: /throw new Error\(answer\.detail\)/,
    Kotlin: /check\(response\.isSuccessful\) \{ answer \}/,
    Swift: /fatalError\(String\(decoding: data/,
    Python: /SystemExit\(json\.load\(error\)\["detail"\]\)/,
  };
  for (const { name, text } of apiSnippets('https://glimpse.example')) assert.match(text, shown[name]!, name);
});
