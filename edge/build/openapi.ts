/** /openapi.json. */
import edge from '../package.json' with { type: 'json' };
import { routes } from '../src/routes/routes.ts';
import type { Builder } from './build.ts';
import { openApiDocument } from './openapi-document.ts';

export const openapi: Builder = async () =>
  new Map([['openapi.json', `${JSON.stringify(openApiDocument(routes, edge.version), null, 1)}\n`]]);
