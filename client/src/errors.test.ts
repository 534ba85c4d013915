import assert from 'node:assert/strict';
import test from 'node:test';
import { Problem, type ProblemCode, problemDocument, problems } from '@glimpse/shared/api/problems';
import { GlimpseError, responseError, ServerError } from './errors.ts';

for (const code of Object.keys(problems) as ProblemCode[]) {
  test(`${code} becomes an error class with its code, detail and further members`, () => {
    const document = problemDocument(new Problem(code, 'Do this instead.', { extensions: { limit: 7 } }));
    const text = JSON.stringify(document);
    const error = responseError({ status: document.status, text, requestId: 'r', retryAfter: 3 });
    assert.ok(error instanceof GlimpseError);
    assert.notEqual(error.name, 'GlimpseError');
    assert.equal(error.name, error.constructor.name);
    assert.deepEqual(
      [error.code, error.message, error.status, error.requestId, error.retryAfter, error.details],
      [code, 'Do this instead.', document.status, 'r', 3, { limit: 7 }],
    );
  });
}

test('unknown codes and statuses are passed through', () => {
  const teapot = responseError({ status: 418, text: '{"code":"teapot","detail":"Short and stout."}' });
  assert.deepEqual([teapot.code, teapot.message, teapot.name], ['teapot', 'Short and stout.', 'GlimpseError']);
  const proxy = responseError({ status: 599, text: `<html>${'x'.repeat(10_000)}` });
  assert.ok(proxy instanceof ServerError && proxy.code === 'http-599' && proxy.message.length < 300);
  for (const text of ['', 'null', '[1]', '"no"']) assert.equal(responseError({ status: 404, text }).code, 'http-404');
});
