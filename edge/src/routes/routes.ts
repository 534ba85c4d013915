/** Every route of the API, in the order of /openapi.json. */
import { classify } from './classify.ts';
import { classifyBatch } from './classify-batch.ts';
import { classifyForHuggingFace } from './compat/hugging-face/image-classification.ts';
import { describeModel, describeModelVersion } from './compat/open-inference/describe-model.ts';
import { describeServer } from './compat/open-inference/describe-server.ts';
import { infer, inferVersion } from './compat/open-inference/infer.ts';
import { isLive } from './compat/open-inference/is-live.ts';
import { isModelReady, isModelVersionReady } from './compat/open-inference/is-model-ready.ts';
import { isServerReady } from './compat/open-inference/is-server-ready.ts';
import { demo } from './demo.ts';
import { docs } from './docs.ts';
import { downloadFile } from './download-file.ts';
import { embed } from './embed.ts';
import { embedFrame } from './embed-frame.ts';
import { healthz } from './healthz.ts';
import { listModels } from './list-models.ts';
import { openapi } from './openapi.ts';
import { readyz } from './readyz.ts';
import { removeFeedback } from './remove-feedback.ts';
import type { Route } from './route.ts';
import { sendFeedback } from './send-feedback.ts';
import { showModel } from './show-model.ts';
import { showRelease } from './show-release.ts';
import { widget } from './widget.ts';

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
  describeServer,
  isLive,
  isServerReady,
  describeModel,
  describeModelVersion,
  isModelReady,
  isModelVersionReady,
  infer,
  inferVersion,
  demo,
  embed,
  embedFrame,
  widget,
];
