/** Every route of the API. A new one is a description beside the others, and one line here. */
import type { Route } from './route.ts';
import { classify, classifyBatch } from './routes/classify.ts';
import { docs, openapi } from './routes/documents.ts';
import { removeFeedback, sendFeedback } from './routes/feedback.ts';
import { classifyForHuggingFace } from './routes/hugging-face.ts';
import { downloadFile, listModels, showModel, showRelease } from './routes/models.ts';
import { openInferenceRoutes } from './routes/open-inference.ts';
import { healthz, readyz } from './routes/operation.ts';
import { demo, embed, embedFrame, widget } from './routes/site.ts';

export const routes: readonly Route[] = [
  classify,
  classifyBatch,
  sendFeedback,
  removeFeedback,
  listModels,
  showModel,
  showRelease,
  downloadFile,
  healthz,
  readyz,
  openapi,
  docs,
  classifyForHuggingFace,
  ...openInferenceRoutes,
  demo,
  embed,
  embedFrame,
  widget,
];
