/** `GET /widget.js`: the widget, the files that it loads, and its types. */
import * as z from 'zod/mini';
import { route } from './route.ts';
import { etag, notModified } from './route-docs.ts';
import { serveWidget } from './serve-asset.ts';

/** Always the latest version. The files below /widget have a hash in their names. */
const PATH = '/widget.js';
/** For TypeScript and JSX. */
const TYPES = '/widget.d.ts';

export const widget = route({
  method: 'GET',
  path: PATH,
  morePaths: ['/widget/*', TYPES],
  scope: 'none',
  stateless: true,
  errorShape: 'problem',
  handler: (c) => serveWidget(c, c.req.path !== PATH && c.req.path !== TYPES),
  docs: import.meta.bundled
    ? undefined
    : {
        id: 'getWidget',
        tag: 'site',
        summary: 'The element `<glimpse-classify>` as a module',
        description:
          'The latest version. Each version is also at `/widget/{hash}.js`, which never changes. `/embed` shows its integrity hash. ' +
          '`/widget.d.ts` has its types, for TypeScript and JSX.',
        responses: [
          {
            status: 200,
            description: 'JavaScript.',
            headers: etag,
            content: { 'text/javascript': { schema: z.string(), examples: { head: '/*! Glimpse, Apache-2.0. */' } } },
          },
          notModified(etag),
        ],
        problems: ['route-unknown'],
      },
});
