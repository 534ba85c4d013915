import assert from 'node:assert/strict';
import test from 'node:test';
import { countsInQuota, scopeOf } from './scope-of.ts';

const routes: [string, string, ReturnType<typeof scopeOf>][] = [
  ['GET', '/', undefined],
  ['GET', '/healthz', undefined],
  ['GET', '/readyz', undefined],
  ['GET', '/openapi.json', undefined],
  ['GET', '/docs', undefined],
  ['GET', '/embed', undefined],
  ['GET', '/widget.js', undefined],
  ['GET', '/embed/frame', undefined],
  ['GET', '/v2', undefined],
  ['GET', '/v2/health/ready', undefined],
  ['POST', '/v1/classify', 'classify'],
  ['POST', '/v1/classify/batch', 'classify'],
  ['POST', '/models/cifar10', 'classify'],
  ['POST', '/v2/models/cifar10/infer', 'classify'],
  ['POST', '/v1/feedback', 'feedback'],
  ['DELETE', '/v1/feedback/abc', 'feedback'],
  ['GET', '/v1/models', 'any'],
  ['GET', '/v1/models/cifar10', 'any'],
  ['HEAD', '/v1/models/cifar10/releases/x', 'any'],
  ['POST', '/v1/models/cifar10', 'classify'],
  ['HEAD', '/v1/models/cifar10/releases/x/files/weights.bin', 'read'],
  ['GET', '/v2/models/cifar10', 'read'],
  ['GET', '/v2/models/health/live', 'read'],
  ['GET', '/docsification', 'read'],
  ['GET', '/embed/other', 'read'],
  ['POST', '/what/is/yet/to/come', 'classify'],
  ['POST', '/v1/feedbacks', 'classify'],
];
for (const [method, path, scope] of routes) {
  test(`${method} ${path} needs ${scope ?? 'no'} key`, () => assert.equal(scopeOf(method, path), scope));
}

test('images and feedback count in a quota; reading, and taking feedback back, do not', () => {
  const counts = (method: string, path: string) => countsInQuota(method, scopeOf(method, path));
  const counted = routes.filter(([method, path]) => counts(method, path)).map(([method]) => method);
  assert.ok(counted.length > 3 && counted.every((method) => method === 'POST'));
  assert.equal(counts('DELETE', '/v1/feedback/abc'), false);
  assert.equal(counts('GET', '/v1/models'), false);
});
