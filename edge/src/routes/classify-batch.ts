/** `POST /v1/classify/batch`: several images in, an answer or a problem for each of them out, in the order sent. */
import { type BatchAnswer, type BatchResult, batchAnswerSchema } from '@glimpse/shared/api/batch';
import { limitsSchema } from '@glimpse/shared/api/limits';
import { Problem, problemDocument } from '@glimpse/shared/api/problems';
import { listFormats } from '@glimpse/shared/image/formats';
import { fileOf } from '../body/form.ts';
import { openBatch } from '../body/open-body.ts';
import { answerOf, type Classified } from '../classify/classify-image.ts';
import { classifyWith, type ImagePlace } from '../classify/pipeline.ts';
import { readParameters, readTopK } from '../classify/selector.ts';
import { queryOf } from '../context.ts';
import { type Classification, count } from '../observability/analytics.ts';
import { logError } from '../observability/log.ts';
import { problemOf } from '../problem-of.ts';
import { queryParameters, requestProblems } from './classify.ts';
import { type RouteDocs, route } from './route.ts';
import { classification, serverTiming } from './route-docs.ts';

export const classifyBatch = route({
  method: 'POST',
  path: '/v1/classify/batch',
  scope: 'classify',
  errorShape: 'problem',
  handler: classifyWith<BatchResult>({
    parse({ c, body, signal }) {
      if (body.bytes.length === 0) throw new Problem('body-empty', 'Send images as the fields "image" of a form.');
      const { queue, settings } = c.get('isolate');
      const contentType = c.req.header('Content-Type') ?? null;
      const { parameters, images } = openBatch(body.bytes, contentType, settings.limits.MAX_BATCH_IMAGES);
      const { selector, topK: sentTopK, threshold } = readParameters(queryOf(c.req.url), parameters);
      return {
        selector,
        async images({ manifest }) {
          const topK = readTopK(sentTopK, manifest.labels.length);
          // If the queue is full, the request is refused here at once, and not once for each image.
          await queue.run(() => {}, signal, true);
          return images.map((part) => ({
            topK,
            threshold,
            open: () => ({ kind: 'image', bytes: fileOf(part) }) as const,
          }));
        },
        respond: (results): BatchAnswer => ({ id: c.get('id'), results: [...results] }),
      };
    },
    settle,
    countsImages: true,
  }),
  docs: import.meta.bundled ? undefined : describe(),
});

async function settle(image: Promise<Classified>, { c, lease, index }: ImagePlace): Promise<BatchResult> {
  const startedAt = performance.now();
  const countImage = (outcome: Classification['outcome'], confidence?: number) => {
    const { release } = c.get('notes');
    const milliseconds = performance.now() - startedAt;
    count(c.get('isolate').settings.analytics, { release, outcome, confidence, milliseconds });
  };
  try {
    const classified = await image;
    countImage('ok', classified.confidence);
    return { answer: answerOf(`${c.get('id')}.${index}`, lease, classified) };
  } catch (error) {
    const problem = problemOf(error);
    if (problem.code === 'internal-error') {
      logError('request', error, { id: c.get('id'), route: c.get('notes').route ?? null });
    }
    countImage(problem.code);
    return { problem: problemDocument(problem) };
  }
}

function describe(): RouteDocs {
  const { MAX_BATCH_IMAGES, MAX_BODY_BYTES } = limitsSchema.parse({});
  return {
    id: 'classifyBatch',
    tag: 'classify',
    summary: `Classify up to ${MAX_BATCH_IMAGES} images`,
    description:
      'Each image has its own answer or its own problem, in the order sent. The images take turns with other requests. ' +
      'When the time is over, the remaining images have the problem `out-of-time`.',
    parameters: queryParameters(),
    request: {
      description: `At most ${MAX_BATCH_IMAGES} images, and at most ${MAX_BODY_BYTES} bytes in total.`,
      content: {
        'multipart/form-data': {
          files: { image: { max: MAX_BATCH_IMAGES, description: 'The images: repeat the field for each.' } },
        },
      },
    },
    responses: [
      {
        status: 200,
        description: 'A result for each image, even if none could be classified.',
        headers: serverTiming,
        content: {
          'application/json': {
            schema: batchAnswerSchema,
            examples: {
              catAndText: {
                id: classification.id,
                results: [
                  { answer: { ...classification, id: `${classification.id}.0` } },
                  {
                    problem: problemDocument(
                      new Problem('image-unsupported', `This is text; send ${listFormats('or')} instead.`),
                    ),
                  },
                ],
              },
            },
          },
        },
      },
    ],
    problems: [...requestProblems(), 'batch-too-large'],
  };
}
