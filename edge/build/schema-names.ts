/** The names and descriptions of schemas and their members in /openapi.json. */

import { batchAnswerSchema } from '@glimpse/shared/api/batch';
import { classifyAnswerSchema, classifyJsonSchema, predictionSchema } from '@glimpse/shared/api/classify';
import { feedbackAnswerSchema, feedbackSchema } from '@glimpse/shared/api/feedback';
import { livenessSchema, readinessSchema } from '@glimpse/shared/api/health';
import { huggingFaceAnswerSchema, huggingFaceRequestSchema } from '@glimpse/shared/api/hugging-face';
import { modelListSchema, modelSchema } from '@glimpse/shared/api/models';
import {
  errorSchema,
  inferAnswerSchema,
  inferRequestSchema,
  liveSchema,
  modelMetadataSchema,
  modelReadySchema,
  readySchema,
  serverMetadataSchema,
} from '@glimpse/shared/api/open-inference';
import { problemDocumentSchema } from '@glimpse/shared/api/problems';
import { inputContractSchema } from '@glimpse/shared/image/input-contract';
import { manifestSchema } from '@glimpse/shared/release/manifest';
import * as z from 'zod/mini';

interface Meaning {
  /** Schemas with an id become components. */
  readonly id?: string;
  readonly description?: string;
  readonly [keyword: string]: unknown;
}

export const schemaNames = z.registry<Meaning>();

name(problemDocumentSchema, 'Problem', 'What went wrong (RFC 9457). Some codes add members.');
explain(problemDocumentSchema.shape, {
  title: 'The same for every problem of its code.',
  detail: 'What was wrong with this request, and what to do.',
  code: 'Stable: programs should check this.',
});
name(predictionSchema, 'Prediction', 'One class.');
explain(predictionSchema.shape, {
  index: "Position in the release's list of labels.",
  score: 'Probability, 0 to 1.',
});
name(classifyAnswerSchema, 'Classification', 'What an image shows.');
explain(classifyAnswerSchema.shape, {
  model: 'The release that answered. `channel` is null if the request named a version.',
  predictions: 'The most probable classes, best first.',
  uncertain: "Whether the best score is below the release's rejection threshold. Omitted if it has none.",
  image: 'The format, detected from the bytes, and the upright size in pixels.',
});
name(classifyJsonSchema, 'ImageInJson', 'An image in JSON.');
const [inline, address] = classifyJsonSchema.def.options;
name(inline, 'ImageInline', 'The image itself.');
explain(inline.shape, { image: 'Base64 (RFC 4648), either alphabet, with or without padding or a `data:` prefix.' });
name(address, 'ImageAddress', 'The address of the image. The owner of the Worker must allow its host.');
explain(address.shape, { url: 'https, on an allowed host, without a port or credentials.' });
name(batchAnswerSchema, 'BatchAnswer', 'Each image with its own answer or its own problem, in the order sent.');
const { results } = batchAnswerSchema.shape;
name(results.def.element, 'BatchResult', 'Either an answer or a problem.');
name(feedbackSchema, 'Feedback', 'What the image of an answer really shows.');
explain(feedbackSchema.shape, {
  id: 'The `id` of the answer.',
  label: 'What the image shows: one of the labels of the release that answered.',
  image: 'The bytes that were classified, in base64 (RFC 4648), with or without padding or a `data:` prefix.',
  consent: 'The owner of `image` agrees that it is stored and used for training.',
});
name(feedbackAnswerSchema, 'StoredFeedback', 'Where the feedback is stored.');
explain(feedbackAnswerSchema.shape, { id: 'The operator of the endpoint finds the feedback by this id.' });
name(manifestSchema, 'Release', 'What a release contains, how it was made, and the size and hash of each file.');
explain(manifestSchema.shape, {
  minimumRunner: 'The oldest runner version that can run its network.',
  labels: 'The classes, in the order of the network’s outputs.',
  metrics: 'On the whole test set, before and after quantization.',
  calibration: 'Scores are softmax(logits / temperature).',
  rejectionThreshold: 'Answers with a lower best score are `uncertain`.',
});
name(inputContractSchema, 'InputContract', 'The input of the network: sizes in pixels, statistics of pixels / 255.');
name(modelListSchema, 'ModelList', 'The models in the store.');
explain(modelListSchema.shape, { default: 'The model for requests that name none.' });
name(modelSchema, 'Model', 'A model, its channels, and the release of `stable`.');
explain(modelSchema.shape, { release: 'The release of the channel `stable`; null if there is none.' });
name(errorSchema, 'ErrorText', 'What went wrong, as text.');
name(huggingFaceRequestSchema, 'HuggingFaceRequest', 'An image in JSON, for clients of Hugging Face.');
explain(huggingFaceRequestSchema.shape, {
  inputs: { description: 'The image in base64 (RFC 4648).', contentEncoding: 'base64' },
});
name(huggingFaceAnswerSchema, 'HuggingFaceAnswer', 'The most probable classes, best first.');
name(serverMetadataSchema, 'OpenInferenceServer', 'The server.');
name(liveSchema, 'OpenInferenceLive', 'Whether the Worker is alive.');
name(readySchema, 'OpenInferenceReady', 'Whether the default model answers.');
name(modelReadySchema, 'OpenInferenceModelReady', 'Whether the model answers.');
name(modelMetadataSchema, 'OpenInferenceModel', 'The tensors of a model. A request has one of the inputs.');
name(inferRequestSchema, 'InferRequest', 'Images to classify.');
explain(inferRequestSchema.shape, {
  id: 'Returned with the answer.',
  inputs: 'One tensor: image files, raw pixels, or normalized values.',
  outputs: 'The outputs to return. Default: all.',
});
name(inferAnswerSchema, 'InferAnswer', 'What the images show.');
name(livenessSchema, 'Liveness', 'The Worker is alive.');
name(readinessSchema, 'Readiness', 'The default model answers.');
explain(readinessSchema.shape, {
  backend: '`cpu` if WebAssembly does not start; answers then take about 20 times as long.',
  lastGood: 'Whether the last good release answers because the new release or the store fails.',
  canary: 'The release for a share of the callers that name neither channel nor version.',
  tensors: 'Number of live tensors.',
  tensorBytes: 'Bytes of the live tensors.',
  heldBytes: 'Bytes of request bodies in memory.',
  signatures: '`verified`, or why not.',
});

function name(schema: z.ZodMiniType, id: string, description: string): void {
  schemaNames.add(schema, { id, description });
}

function explain<Shape extends Record<string, z.core.$ZodType>>(
  shape: Shape,
  meaningOf: Partial<Record<keyof Shape, string | Meaning>>,
): void {
  for (const [member, meaning] of Object.entries<string | Meaning | undefined>(meaningOf)) {
    if (meaning !== undefined)
      schemaNames.add(shape[member]!, typeof meaning === 'string' ? { description: meaning } : meaning);
  }
}
