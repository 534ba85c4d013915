/** `GET /docs`: the API for people, and the files that the page loads. */
import { route } from './route.ts';
import { etag, htmlPage, notModified } from './route-docs.ts';
import { serveDocument } from './serve-asset.ts';

export const docs = route({
  method: 'GET',
  path: '/docs',
  morePaths: ['/docs/*'],
  scope: 'none',
  stateless: true,
  errorShape: 'problem',
  handler: serveDocument,
  docs: import.meta.bundled
    ? undefined
    : {
        id: 'showDocs',
        tag: 'documents',
        summary: 'The API as a page',
        description: 'Includes a form to try each request.',
        responses: [htmlPage, notModified(etag)],
        problems: ['route-unknown'],
      },
});
