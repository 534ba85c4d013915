/** What the schemas of bodies and answers are called in /openapi.json, and what their members mean. */
import * as z from 'zod/mini';
import { inputContractSchema } from '../../image/input-contract.ts';
import { manifestSchema } from '../../release/manifest.ts';
import { batchAnswerSchema } from '../batch.ts';
import { classifyAnswerSchema, classifyJsonSchema, predictionSchema } from '../classify.ts';
import { feedbackAnswerSchema, feedbackSchema } from '../feedback.ts';
import { livenessSchema, readinessSchema } from '../health.ts';
import { huggingFaceAnswerSchema, huggingFaceRequestSchema } from '../hugging-face.ts';
import { modelListSchema, modelSchema } from '../models.ts';
import {
  errorSchema,
  inferAnswerSchema,
  inferRequestSchema,
  liveSchema,
  modelMetadataSchema,
  modelReadySchema,
  readySchema,
  serverMetadataSchema,
} from '../open-inference.ts';
import { problemDocumentSchema } from '../problems.ts';

interface Meaning {
  /** Those with a name are components, and are referred to. */
  readonly id?: string;
  readonly description?: string;
  readonly [keyword: string]: unknown;
}

export const meanings = z.registry<Meaning>();

name(problemDocumentSchema, 'Problem', 'What went wrong (RFC 9457). Further members are those that a code promises.');
explain(problemDocumentSchema.shape, {
  title: 'The same for every problem of its code.',
  detail: 'What was wrong with this request, and what to do.',
  code: 'Does not change; what programs should look at.',
});
name(predictionSchema, 'Prediction', 'One class.');
explain(predictionSchema.shape, {
  index: "Position in the release's list of labels.",
  score: 'Probability, 0 to 1.',
});
name(classifyAnswerSchema, 'Classification', 'What an image shows.');
explain(classifyAnswerSchema.shape, {
  model: 'The release that answered; `channel` is null where a version was asked for.',
  predictions: 'The most probable classes, best first.',
  uncertain: "Whether the best score is below the release's rejection threshold; only where it has one.",
  image: 'What was sent: its format as its bytes tell it, and its upright size in pixels.',
});
name(classifyJsonSchema, 'ImageInJson', 'An image in JSON.');
const [inline, address] = classifyJsonSchema.def.options;
name(inline, 'ImageInline', 'The image itself.');
explain(inline.shape, { image: 'Base64 (RFC 4648), either alphabet, with or without padding or a `data:` prefix.' });
name(address, 'ImageAddress', 'Where the image lies; only where the owner of the Worker allows its host.');
explain(address.shape, { url: 'https, on an allowed host, without a port or credentials.' });
name(batchAnswerSchema, 'BatchAnswer', 'Each image with its own answer or its own problem, in the order sent.');
const { results } = batchAnswerSchema.shape;
name(results.def.element, 'BatchResult', 'Either an answer or a problem.');
name(feedbackSchema, 'Feedback', 'What an image shows, about an answer.');
explain(feedbackSchema.shape, {
  id: 'Of the answer.',
  label: 'What the image shows: one of the labels of the release that answered.',
  image: 'The bytes that were classified, in base64 (RFC 4648), with or without padding or a `data:` prefix.',
  consent: 'That `image` may be kept and trained on, says whom it belongs to.',
});
name(feedbackAnswerSchema, 'StoredFeedback', 'Where the feedback is.');
explain(feedbackAnswerSchema.shape, { id: 'By which whoever runs the endpoint finds it.' });
name(manifestSchema, 'Release', 'What a release is, how it was made, and the size and hash of each of its files.');
explain(manifestSchema.shape, {
  minimumRunner: 'The least runner that understands its network.',
  labels: 'The classes, in the order of the network’s outputs.',
  metrics: 'On the whole test set, before and after quantization.',
  calibration: 'Scores are softmax(logits / temperature).',
  rejectionThreshold: 'Answers whose best score is below it say `uncertain`.',
});
name(inputContractSchema, 'InputContract', 'What the network eats: sizes in pixels, statistics of pixels / 255.');
name(modelListSchema, 'ModelList', 'The models of the store.');
explain(modelListSchema.shape, { default: 'The model that answers where a request names none.' });
name(modelSchema, 'Model', 'A model, its channels, and what `stable` serves.');
explain(modelSchema.shape, { release: 'Of the channel `stable`; null where there is none.' });
name(errorSchema, 'ErrorText', 'What went wrong, where clients look for a text.');
name(huggingFaceRequestSchema, 'HuggingFaceRequest', 'An image in JSON, as Hugging Face has it.');
explain(huggingFaceRequestSchema.shape, {
  inputs: { description: 'The image in base64 (RFC 4648).', contentEncoding: 'base64' },
});
name(huggingFaceAnswerSchema, 'HuggingFaceAnswer', 'The most probable classes, best first.');
name(serverMetadataSchema, 'OpenInferenceServer', 'Who answers.');
name(liveSchema, 'OpenInferenceLive', 'Whether the Worker is alive.');
name(readySchema, 'OpenInferenceReady', 'Whether the default model answers.');
name(modelReadySchema, 'OpenInferenceModelReady', 'Whether the model answers.');
name(modelMetadataSchema, 'OpenInferenceModel', 'The tensors of a model: a request has one of the inputs.');
name(inferRequestSchema, 'InferRequest', 'Images to classify.');
explain(inferRequestSchema.shape, {
  id: 'Comes back with the answer.',
  inputs: 'One tensor: files of images, raw pixels, or normalized numbers.',
  outputs: 'The requested outputs; default: all.',
});
name(inferAnswerSchema, 'InferAnswer', 'What the images show.');
name(livenessSchema, 'Liveness', 'The Worker is alive.');
name(readinessSchema, 'Readiness', 'The default model answers.');
explain(readinessSchema.shape, {
  backend: '`cpu` where WebAssembly does not start: answers take some twenty times as long.',
  lastGood: 'Whether the last good release answers because the new one or the store fails.',
  canary: 'What some callers get who name neither channel nor version.',
  tensors: 'Tensors alive.',
  tensorBytes: 'Of the tensors alive.',
  heldBytes: 'Of bodies that requests hold just now.',
  signatures: '`verified`, or why not.',
});

function name(schema: z.ZodMiniType, id: string, description: string): void {
  meanings.add(schema, { id, description });
}

function explain<Shape extends Record<string, z.core.$ZodType>>(
  shape: Shape,
  meaningOf: Partial<Record<keyof Shape, string | Meaning>>,
): void {
  for (const [member, meaning] of Object.entries<string | Meaning | undefined>(meaningOf)) {
    if (meaning !== undefined)
      meanings.add(shape[member]!, typeof meaning === 'string' ? { description: meaning } : meaning);
  }
}
