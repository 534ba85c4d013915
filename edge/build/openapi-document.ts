/** The declared routes → an OpenAPI 3.1 document. */
import { errorSchema } from '@glimpse/shared/api/open-inference';
import {
  Problem,
  type ProblemCode,
  problemDocument,
  problemDocumentSchema,
  problems,
} from '@glimpse/shared/api/problems';
import * as z from 'zod/mini';
import type { Content, Link, Parameter, ResponseDocs, Route, RouteDocs, Tag } from '../src/routes/route.ts';
import { isMetered } from '../src/routes/route.ts';
import { schemaNames } from './schema-names.ts';

const tags: Readonly<Record<Tag, string>> = {
  classify: 'Classify images.',
  feedback: 'Corrections to answers.',
  models: 'The models and their releases.',
  'hugging-face': 'Image classification for clients of Hugging Face.',
  'open-inference': 'The Open Inference Protocol, version 2, for clients of Triton and KServe.',
  operation: 'For the operator of the Worker.',
  documents: 'The description of the API.',
  site: 'The demo, and the widget for other pages.',
};

const PROBLEM_TYPE = 'application/problem+json';
/** Every route can return these. */
const COMMON_PROBLEMS: readonly ProblemCode[] = ['internal-error'];
/** Every route that checks keys can return these. */
const KEY_PROBLEMS: readonly ProblemCode[] = [
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
const QUOTA_HEADERS = {
  'RateLimit-Policy': 'For a key with a quota: the number of requests per day.',
  RateLimit: 'For a key with a quota: `r` requests remain, for `t` seconds.',
};
const requestId = { description: 'The id of this request, as in the log.', schema: { type: 'string' } };

/** @param version of the software */
export function openApiDocument(routes: readonly Route[], version: string): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    const path = openApiPath(route.path);
    paths[path] ??= {};
    paths[path][route.method.toLowerCase()] = operation(route, docsOf(route));
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Glimpse',
      version,
      description:
        'Classifies images at the network’s edge. Errors are problem documents (RFC 9457) with a stable `code`. Every ' +
        '`GET` route also answers `HEAD`; another method is 405 with `Allow`. On `/v1`, unknown query ' +
        'parameters, form fields and JSON members are 400.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      contact: { name: 'The operator of this Worker' },
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
          description: 'Required if the owner of the Worker requires keys: gls_… or glp_….',
        },
      },
    },
  };
}

/** `/v1/models/:name` → `/v1/models/{name}` */
export function openApiPath(path: string): string {
  return path
    .split('/')
    .map((segment) => (segment.startsWith(':') ? `{${segment.slice(1)}}` : segment))
    .join('/');
}

export function docsOf({ method, path, docs }: Route): RouteDocs {
  if (docs) return docs;
  throw new Error(`The route ${method} ${path} has no docs.`);
}

function operation(
  route: Route,
  { id, tag, summary, description, parameters, request, responses, problems }: RouteDocs,
) {
  const { scope, errorShape } = route;
  const metered = isMetered(route);
  const codes = [
    ...problems,
    ...(scope === 'none' ? [] : KEY_PROBLEMS),
    ...(metered ? (['quota-exhausted'] as const) : []),
    ...COMMON_PROBLEMS,
  ];
  return {
    operationId: id,
    tags: [tag],
    summary,
    description,
    // The empty requirement: the endpoint may not require keys.
    ...(scope === 'none' ? {} : { security: [{}, { key: [] }] }),
    ...(parameters === undefined ? {} : { parameters: parameters.map(parameter) }),
    ...(request === undefined
      ? {}
      : { requestBody: { required: true, description: request.description, content: contents(request.content) } }),
    responses: {
      ...Object.fromEntries(responses.map((one) => [one.status, response(one, metered ? QUOTA_HEADERS : {})])),
      ...problemResponses(codes, errorShape === 'text'),
    },
  };
}

function parameter({ in: place, name, description, schema, example }: Parameter) {
  return {
    name,
    in: place,
    // An `example` would be filled in by the form that tries a request, and optional parameters exclude each other.
    description: place === 'path' ? description : `${description} Example: \`${example}\`.`,
    required: place === 'path',
    // The output type, such as a number, although the parameter is sent as text.
    schema: jsonSchema(schema, 'output'),
    ...(place === 'path' ? { example } : {}),
  };
}

function response({ description, headers = {}, content, links }: ResponseDocs, further: Record<string, string>) {
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

/** One response per status, with an example for each code. */
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
  // `format: binary` comes from OpenAPI 3.0. 3.1 permits it, and client generators look for it.
  const bytes = { type: 'string', format: 'binary' };
  if ('binary' in content) return { schema: bytes };
  if ('files' in content) {
    const fields = Object.entries(content.files).map(([name, { max, description }]) => [
      name,
      max > 1 ? { type: 'array', minItems: 1, maxItems: max, items: bytes, description } : { ...bytes, description },
    ]);
    const properties = Object.fromEntries(fields);
    const required = Object.keys(properties);
    return { schema: { type: 'object', properties, required, additionalProperties: false } };
  }
  return { schema: jsonSchema(content.schema), examples: examples(content.examples) };
}

function examples(values: Readonly<Record<string, unknown>>) {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value }]));
}

type JsonSchema = Record<string, unknown>;

/** A reference if the schema is a component. */
function jsonSchema(schema: z.ZodMiniType, io: 'input' | 'output' = 'input'): JsonSchema {
  const id = schemaNames.get(schema)?.id;
  if (id !== undefined) return { $ref: refTo(id) };
  const { $schema: _, ...own } = z.toJSONSchema(schema, { io, metadata: schemaNames, override: tidy }) as JsonSchema;
  return own;
}

function components(): Record<string, JsonSchema> {
  const { schemas } = z.toJSONSchema(schemaNames as z.core.$ZodRegistry<{ id?: string }>, {
    io: 'input',
    metadata: schemaNames,
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
 * Removes limits that every JSON number meets. Makes an enum of a choice of constants, which generators understand, and
 * drops constant booleans, which they take for strings.
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
