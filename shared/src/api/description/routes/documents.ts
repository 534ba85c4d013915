/** What describes the API; made when the Worker is built, and served as static assets. */
import * as z from 'zod/mini';
import type { Route } from '../route.ts';

const etag = { ETag: 'Of the content.' };
/** Where the Worker is deployed without what `npm run build` makes. */
const notBuilt = ['route-unknown'] as const;
const unchanged = { status: 304, description: 'As the `ETag` of `If-None-Match` says.', headers: etag } as const;

export const openapi: Route = {
  method: 'get',
  path: '/openapi.json',
  id: 'describeApi',
  tag: 'documents',
  summary: 'This document',
  description: 'Made from the schemas that the Worker validates with.',
  answers: [
    {
      status: 200,
      description: 'OpenAPI 3.1.',
      headers: etag,
      content: {
        'application/json': {
          schema: z.looseObject({ openapi: z.string() }),
          examples: { head: { openapi: '3.1.1' } },
        },
      },
    },
    unchanged,
  ],
  problems: notBuilt,
};

export const docs: Route = {
  method: 'get',
  path: '/docs',
  id: 'showDocs',
  tag: 'documents',
  summary: 'This document for people',
  description: 'A page on which one can try a request.',
  answers: [
    {
      status: 200,
      description: 'A page.',
      headers: etag,
      content: { 'text/html': { schema: z.string(), examples: { head: '<!doctype html>' } } },
    },
    unchanged,
  ],
  problems: notBuilt,
};
