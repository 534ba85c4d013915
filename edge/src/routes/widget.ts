/** `GET /widget.js`: the widget, and the files that it loads. */
import * as z from 'zod/mini';
import { route } from './route.ts';
import { etag, notModified } from './route-docs.ts';
import { serveWidget } from './serve-asset.ts';

/** Always the latest version. The files below /widget have a hash in their names. */
const PATH = '/widget.js';

export const widget = route({
  method: 'GET',
  path: PATH,
  morePaths: ['/widget/*'],
  scope: 'none',
  stateless: true,
  errorShape: 'problem',
  handler: (c) => serveWidget(c, c.req.path !== PATH),
  docs: import.meta.bundled
    ? undefined
    : {
        id: 'getWidget',
        tag: 'site',
        summary: 'The element `<glimpse-classify>` as a module',
        description:
          'The latest version. Each version is also at `/widget/{hash}.js`, which never changes. `/embed` shows its integrity hash.',
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
