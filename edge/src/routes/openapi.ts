/** `GET /openapi.json`: the API for programs. */
import * as z from 'zod/mini';
import { route } from './route.ts';
import { etag, notModified } from './route-docs.ts';
import { serveDocument } from './serve-asset.ts';

export const openapi = route({
  method: 'GET',
  path: '/openapi.json',
  scope: 'none',
  stateless: true,
  errorShape: 'problem',
  handler: serveDocument,
  docs: import.meta.bundled
    ? undefined
    : {
        id: 'describeApi',
        tag: 'documents',
        summary: 'The API as OpenAPI',
        description: 'Generated from the schemas that the Worker validates with.',
        responses: [
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
          notModified(etag),
        ],
        problems: ['route-unknown'],
      },
});
