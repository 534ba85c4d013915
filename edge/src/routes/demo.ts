/** `GET /`: the demo, and the files that pages of the site load. */
import { route } from './route.ts';
import { etag, htmlPage, notModified } from './route-docs.ts';
import { serveSiteFile } from './serve-asset.ts';

export const demo = route({
  method: 'GET',
  path: '/',
  morePaths: ['/site/*'],
  scope: 'none',
  stateless: true,
  errorShape: 'problem',
  handler: serveSiteFile,
  docs: import.meta.bundled
    ? undefined
    : {
        id: 'showDemo',
        tag: 'site',
        summary: 'The demo',
        description: 'Classifies with the default model, and shows what it can recognize.',
        responses: [htmlPage, notModified(etag)],
        problems: ['route-unknown'],
      },
});
