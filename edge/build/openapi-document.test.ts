import assert from 'node:assert/strict';
import test from 'node:test';
import { type ProblemCode, problems } from '@glimpse/shared/api/problems';
import { routes as declared } from '../src/routes/routes.ts';
import { docsOf, openApiDocument, openApiPath } from './openapi-document.ts';

const routes = declared.map((route) => ({
  ...docsOf(route),
  method: route.method.toLowerCase(),
  path: openApiPath(route.path),
}));

// biome-ignore lint/suspicious/noExplicitAny: the test reads it as JSON
const document: any = JSON.parse(JSON.stringify(openApiDocument(declared, '1.2.3')));

test('the document is OpenAPI 3.1 and has every declared route once', () => {
  assert.match(document.openapi, /^3\.1\.\d$/);
  assert.equal(document.info.version, '1.2.3');
  const listed = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods as object).map((method) => `${method} ${path}`),
  );
  assert.deepEqual(listed.sort(), routes.map(({ method, path }) => `${method} ${path}`).sort());
  assert.equal(new Set(routes.map(({ id }) => id)).size, routes.length);
});

for (const { method, path, parameters = [], request, responses } of routes) {
  test(`${method} ${path}: its examples match its schemas`, () => {
    for (const { name, schema, example } of parameters) {
      // Parameters are sent as text.
      assert.ok(schema.safeParse(String(example)).success, name);
    }
    for (const { content = {} } of [request ?? {}, ...responses]) {
      for (const [type, media] of Object.entries(content)) {
        if (!('examples' in media)) continue;
        assert.ok(Object.keys(media.examples).length > 0, type);
        for (const [name, example] of Object.entries(media.examples)) {
          const { error } = media.schema.safeParse(example);
          assert.equal(error?.message, undefined, name);
        }
      }
    }
  });

  test(`${method} ${path}: each parameter in the path is described`, () => {
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    assert.deepEqual(
      parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name),
      inPath,
    );
  });
}

test('every problem code belongs to a route, and is listed under its status', () => {
  const documented = new Set<string>();
  for (const methods of Object.values<Record<string, unknown>>(document.paths)) {
    // biome-ignore lint/suspicious/noExplicitAny: as above
    for (const { responses } of Object.values<any>(methods)) {
      // biome-ignore lint/suspicious/noExplicitAny: as above
      for (const [status, { content }] of Object.entries<any>(responses)) {
        for (const [code, { value }] of Object.entries<{ value: { status: number } }>(
          content?.['application/problem+json']?.examples ?? {},
        )) {
          assert.equal(String(problems[code as ProblemCode].status), status);
          assert.equal(String(value.status), status);
          documented.add(code);
        }
      }
    }
  }
  // Belongs to no route.
  assert.deepEqual([...documented, 'method-not-allowed'].sort(), Object.keys(problems).sort());
});

test('only routes that access models or feedback require a key', () => {
  const open = Object.entries<Record<string, { security?: unknown; responses: object }>>(document.paths).flatMap(
    ([path, methods]) =>
      Object.entries(methods).flatMap(([method, { security }]) => (security === undefined ? `${method} ${path}` : [])),
  );
  assert.deepEqual(open.sort(), [
    'get /',
    'get /docs',
    'get /embed',
    'get /embed/frame',
    'get /healthz',
    'get /openapi.json',
    'get /readyz',
    'get /v2',
    'get /v2/health/live',
    'get /v2/health/ready',
    'get /widget.js',
  ]);
  assert.equal(document.paths['/healthz'].get.responses[401], undefined);
});

test('every link leads to a route and has its parameters', () => {
  let links = 0;
  for (const { responses } of routes) {
    for (const [id, { parameters = {} }] of responses.flatMap(({ links = {} }) => Object.entries(links))) {
      links++;
      const route = routes.find((other) => other.id === id)!;
      const named = route.parameters?.map(({ name }) => name) ?? [];
      assert.ok(
        Object.keys(parameters).every((name) => named.includes(name)),
        id,
      );
    }
  }
  assert.ok(links >= 4);
});

test('every reference resolves, and numbers have their ranges', () => {
  const text = JSON.stringify(document);
  for (const [, name] of text.matchAll(/"#\/components\/schemas\/(\w+)"/g)) {
    assert.ok(document.components.schemas[name!], name);
  }
  const [topK] = document.paths['/v1/classify'].post.parameters;
  assert.deepEqual(topK.schema, { type: 'integer', minimum: 1, maximum: 10_000 });
  assert.ok(!text.includes('$schema'));
});
