/** /openapi.json. */
import { openApiDocument } from '@glimpse/shared/api/description/openapi';
import { routes } from '@glimpse/shared/api/description/table';
import edge from '../package.json' with { type: 'json' };
import type { Builder } from './build.ts';

export const openapi: Builder = async () =>
  new Map([['openapi.json', `${JSON.stringify(openApiDocument(routes, edge.version), null, 1)}\n`]]);
