/** The table of routes → an OpenAPI 3.1 document. */
import * as z from 'zod/mini';
import { countsInQuota, scopeOf } from '../../access/scope-of.ts';
import { errorSchema } from '../open-inference.ts';
import { Problem, type ProblemCode, problemDocument, problemDocumentSchema, problems } from '../problems.ts';
import type { Answer, Content, Link, Parameter, Route } from './route.ts';
import { tags } from './route.ts';
import { meanings } from './schemas.ts';

const PROBLEM_TYPE = 'application/problem+json';
/** What may go wrong anywhere. */
const everywhere: readonly ProblemCode[] = ['internal-error'];
/** And where keys are looked at. */
const withKeys: readonly ProblemCode[] = [
  'key-in-url',
  'key-missing',
  'key-malformed',
  'key-unknown',
  'key-revoked',
  'scope-missing',
  'origin-refused',
  'rate-limited',
  'keys-unavailable',
];
/** Of answers to a key with a daily quota. */
const ofQuota = {
  'RateLimit-Policy': 'Of a key with a quota: how many requests a day.',
  RateLimit: 'Of a key with a quota: `r` requests are left, for `t` seconds.',
};
const requestId = { description: 'Of this request, as it is called in the log.', schema: { type: 'string' } };

/** @param version of the API's software */
export function openApiDocument(routes: readonly Route[], version: string): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    paths[route.path] ??= {};
    paths[route.path]![route.method] = operation(route);
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Glimpse',
      version,
      description:
        'Classifies images at the network’s edge. Errors are problem documents (RFC 9457) with a ' +
        'stable `code`. Every `GET` answers `HEAD` as well; another method is 405 with `Allow`. Query parameters that ' +
        'are not known are passed over.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      contact: { name: 'Whoever runs this Worker' },
    },
    servers: [{ url: '/' }],
    tags: Object.entries(tags).map(([name, description]) => ({ name, description })),
    security: [],
    paths,
    components: {
      schemas: components(),
      securitySchemes: {
        key: {
          type: 'http',
          scheme: 'bearer',
          description: 'Where the owner of the Worker asks for keys: gls_… or glp_….',
        },
      },
    },
  };
}

function operation(route: Route) {
  const { method, path, id, tag, summary, description, parameters, body, answers } = route;
  const { problems: codes, errorsAsText = false } = route;
  const scope = scopeOf(method.toUpperCase(), path);
  const counted = countsInQuota(method.toUpperCase(), scope);
  const keyed = scope === undefined ? [] : counted ? [...withKeys, 'quota-exhausted' as const] : withKeys;
  return {
    operationId: id,
    tags: [tag],
    summary,
    description,
    // Of an endpoint that asks for none, none is to be sent.
    ...(scope === undefined ? {} : { security: [{}, { key: [] }] }),
    ...(parameters === undefined ? {} : { parameters: parameters.map(parameter) }),
    ...(body === undefined
      ? {}
      : { requestBody: { required: true, description: body.description, content: contents(body.content) } }),
    responses: {
      ...Object.fromEntries(answers.map((answer) => [answer.status, response(answer, counted ? ofQuota : {})])),
      ...problemResponses([...codes, ...keyed, ...everywhere], errorsAsText),
    },
  };
}

function parameter({ in: place, name, description, schema, example }: Parameter) {
  return {
    name,
    in: place,
    // As an `example` it would be filled in where one tries a request, and of those at will not all go together.
    description: place === 'path' ? description : `${description} Example: \`${example}\`.`,
    required: place === 'path',
    // What the Worker makes of it: a number, where it reads one out of the text.
    schema: jsonSchema(schema, 'output'),
    ...(place === 'path' ? { example } : {}),
  };
}

function response({ description, headers = {}, content, links }: Answer, further: Record<string, string>) {
  const described = Object.entries({ ...headers, ...further }).map(([name, meaning]) => [
    name,
    { description: meaning, schema: { type: 'string' } },
  ]);
  return {
    description,
    headers: { 'X-Request-Id': requestId, ...Object.fromEntries(described) },
    ...(content === undefined ? {} : { content: contents(content) }),
    ...(links === undefined
      ? {}
      : { links: Object.fromEntries(Object.entries(links).map(([id, link]) => [id, followed(id, link)])) }),
  };
}

function followed(operationId: string, { description, parameters }: Link) {
  return {
    operationId,
    description,
    ...(parameters === undefined ? {} : { parameters }),
  };
}

/** One answer a status; each code of it is an example. */
function problemResponses(codes: readonly ProblemCode[], asText: boolean) {
  const type = asText ? 'application/json' : PROBLEM_TYPE;
  const example = (code: ProblemCode) =>
    asText ? { error: problems[code].remedy } : problemDocument(new Problem(code, problems[code].remedy));
  const byStatus = Object.groupBy(codes, (code) => problems[code].status);
  return Object.fromEntries(
    Object.entries(byStatus).map(([status, group = []]) => [
      status,
      {
        description: group.map((code) => `\`${code}\`: ${problems[code].title}.`).join(' '),
        headers: {
          'X-Request-Id': requestId,
          ...(status === '503' || status === '429'
            ? { 'Retry-After': { description: 'Seconds to wait.', schema: { type: 'integer', minimum: 0 } } }
            : {}),
          ...(status === '401'
            ? { 'WWW-Authenticate': { description: 'How to send a key (RFC 6750).', schema: { type: 'string' } } }
            : {}),
        },
        content: {
          [type]: {
            schema: jsonSchema(asText ? errorSchema : problemDocumentSchema),
            examples: examples(Object.fromEntries(group.map((code) => [code, example(code)] as const))),
          },
        },
      },
    ]),
  );
}

function contents(byType: Readonly<Record<string, Content>>) {
  return Object.fromEntries(Object.entries(byType).map(([type, content]) => [type, media(content)]));
}

function media(content: Content) {
  // `format: binary` is of OpenAPI 3.0; 3.1 lets it stand, and the generators of clients look for it.
  const bytes = { type: 'string', format: 'binary' };
  if ('binary' in content) return { schema: bytes };
  if ('files' in content) {
    const fields = Object.entries(content.files).map(([name, { most, description }]) => [
      name,
      most > 1 ? { type: 'array', minItems: 1, maxItems: most, items: bytes, description } : { ...bytes, description },
    ]);
    const properties = Object.fromEntries(fields);
    return { schema: { type: 'object', properties, required: Object.keys(properties) } };
  }
  return { schema: jsonSchema(content.schema), examples: examples(content.examples) };
}

function examples(values: Readonly<Record<string, unknown>>) {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value }]));
}

type JsonSchema = Record<string, unknown>;

/** A reference, where the schema is a component. */
function jsonSchema(schema: z.ZodMiniType, io: 'input' | 'output' = 'input'): JsonSchema {
  const id = meanings.get(schema)?.id;
  if (id !== undefined) return { $ref: refTo(id) };
  const { $schema: _, ...own } = z.toJSONSchema(schema, { io, metadata: meanings, override: tidy }) as JsonSchema;
  return own;
}

function components(): Record<string, JsonSchema> {
  const { schemas } = z.toJSONSchema(meanings as z.core.$ZodRegistry<{ id?: string }>, {
    io: 'input',
    metadata: meanings,
    uri: refTo,
    override: tidy,
  }) as { schemas: Record<string, JsonSchema> };
  return Object.fromEntries(
    Object.entries(schemas)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([id, { $schema: _, $id: __, id: ___, ...schema }]) => [id, schema]),
  );
}

function refTo(id: string): string {
  return `#/components/schemas/${id}`;
}

/**
 * What is true of every JSON number says nothing; a choice of constants is an enum, which generators understand; and a
 * truth that is constant they take for a text.
 */
function tidy({ jsonSchema: schema }: { jsonSchema: JsonSchema }): void {
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
  if (typeof schema.const === 'boolean') delete schema.const;
  const choices = schema.anyOf as JsonSchema[] | undefined;
  if (choices?.every((choice) => typeof choice.const === 'number')) {
    delete schema.anyOf;
    Object.assign(schema, { type: 'integer', enum: choices.map((choice) => choice.const) });
  }
}
