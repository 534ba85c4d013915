import assert from 'node:assert/strict';
import test from 'node:test';
import { de } from './de.ts';
import { en } from './en.ts';
import { fill, fromNow, percent } from './format.ts';
import { ko } from './ko.ts';
import { languageOf, languages } from './language.ts';

/** All texts of a language, by path. */
const flat = (value: object, path = ''): [string, string][] =>
  Object.entries(value).flatMap(([key, inner]) =>
    typeof inner === 'string' ? [[`${path}${key}`, inner] as [string, string]] : flat(inner, `${path}${key}.`),
  );

const placeholders = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(String).sort().join();

for (const [name, texts] of Object.entries(languages)) {
  if (texts === en) continue;
  test(`${name} translates every English text, with the same placeholders`, () => {
    const english = new Map(flat(en));
    const own = flat(texts);
    assert.deepEqual(own.map(([path]) => path).sort(), [...english.keys()].sort());
    for (const [path, text] of own) {
      assert.equal(placeholders(text), placeholders(english.get(path)!), path);
      if (path !== 'result') assert.notEqual(text, english.get(path), path);
    }
  });
}

test('a regional tag uses its language; an unsupported language has its own number format only with texts of the page', () => {
  assert.equal(languageOf('ko-KR').texts.choose, ko.choose);
  assert.equal(languageOf('de-AT').texts.choose, de.choose);
  assert.deepEqual(languageOf('fr'), { locale: 'en', texts: en });
  const arabic = languageOf('ar-EG', { camera: 'الكاميرا' });
  assert.equal(arabic.texts.choose, en.choose);
  assert.equal(percent(0.5, arabic.locale), new Intl.NumberFormat('ar-EG', { style: 'percent' }).format(0.5));
  assert.equal(languageOf('not a language!').locale, 'en');
  assert.equal(languageOf('').locale, 'en');
});

test('own texts replace single texts, down to one half of an error', () => {
  const { texts } = languageOf('en', { choose: 'Pick', failures: { busy: { todo: 'Have a tea.' } } });
  assert.equal(texts.choose, 'Pick');
  assert.equal(texts.camera, en.camera);
  assert.deepEqual(texts.failures.busy, { what: en.failures.busy.what, todo: 'Have a tea.' });
  assert.equal(texts.failures.offline.what, en.failures.offline.what);
});

test('only exact scores read 0% or 100%', () => {
  assert.equal(percent(0.9999, 'en'), '99.9%');
  assert.equal(percent(1, 'en'), '100%');
  assert.equal(percent(0.0001, 'en'), '<0.1%');
  assert.equal(percent(0, 'en'), '0%');
  assert.equal(percent(0.9632, 'de').replace(/\s/, ' '), '96,3 %');
});

test('plurals follow the language', () => {
  assert.equal(fromNow(1, 'en'), 'in 1 second');
  assert.equal(fromNow(4.2, 'en'), 'in 5 seconds');
  assert.equal(fromNow(1, 'de'), 'in 1 Sekunde');
  assert.equal(fromNow(200, 'de'), 'in 4 Minuten');
  assert.equal(fromNow(5, 'ko'), '5초 후');
});

test('a placeholder without a value stays visible', () => {
  assert.equal(fill('{a} and {b}', { a: '1' }), '1 and {b}');
});
