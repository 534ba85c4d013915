/** `GET /embed`: how to add the widget to a page. */
import { route } from './route.ts';
import { etag, htmlPage, notModified } from './route-docs.ts';
import { serveSiteFile } from './serve-asset.ts';

export const embed = route({
  method: 'GET',
  path: '/embed',
  scope: 'none',
  stateless: true,
  errorShape: 'problem',
  handler: serveSiteFile,
  docs: import.meta.bundled
    ? undefined
    : {
        id: 'showEmbed',
        tag: 'site',
        summary: 'How to add the widget to a page',
        description: 'The lines to paste, with a preview.',
        responses: [htmlPage, notModified(etag)],
        problems: ['route-unknown'],
      },
});
