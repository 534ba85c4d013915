/** Every route of the API. A new one is a description beside the others, and one line here. */
import type { Route } from './route.ts';
import { classify, classifyBatch } from './routes/classify.ts';
import { docs, openapi } from './routes/documents.ts';
import { downloadFile, listModels, showModel, showRelease } from './routes/models.ts';
import { healthz, readyz } from './routes/operation.ts';
import { demo, embed, embedFrame, widget } from './routes/site.ts';

export const routes: readonly Route[] = [
  classify,
  classifyBatch,
  listModels,
  showModel,
  showRelease,
  downloadFile,
  healthz,
  readyz,
  openapi,
  docs,
  demo,
  embed,
  embedFrame,
  widget,
];
