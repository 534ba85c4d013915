/** `POST /v1/feedback`: what an image really shows, about an answer of this endpoint. */
import { type FeedbackAnswer, feedbackAnswerSchema, feedbackSchema } from '@glimpse/shared/api/feedback';
import { limitsSchema } from '@glimpse/shared/api/limits';
import { Problem } from '@glimpse/shared/api/problems';
import type { AnswerId } from '@glimpse/shared/feedback/answer-id';
import { locateFeedback } from '@glimpse/shared/feedback/names';
import { FEEDBACK_FORMAT, type FeedbackRecord, type StoredImage } from '@glimpse/shared/feedback/record';
import type { Manifest } from '@glimpse/shared/release/manifest';
import { ReleaseError } from '@glimpse/shared/release/release-error';
import { sha256 } from '@glimpse/shared/release/sha256';
import { withinAnswerTime } from '../body/deadline.ts';
import { readRequestBody } from '../body/read-body.ts';
import type { AppContext } from '../context.ts';
import { mapStoreErrors, openFeedback, verifyAnswer } from '../feedback/open-feedback.ts';
import { imageToKeep, readFeedback } from '../feedback/read-feedback.ts';
import { storeFeedback } from '../feedback/stored-feedback.ts';
import type { Isolate } from '../isolate.ts';
import { type RouteDocs, route } from './route.ts';
import { classification, onePixel } from './route-docs.ts';

/** A larger body has an image, and is parsed in a turn of the queue, as an image to classify is. */
const SMALL_BODY_BYTES = 64 * 1024;
/** How many labels an error lists. */
const MAX_LISTED = 100;

export const sendFeedback = route({
  method: 'POST',
  path: '/v1/feedback',
  scope: 'feedback',
  errorShape: 'problem',
  bodyLimit: 'MAX_FEEDBACK_BYTES',
  handler: answer,
  docs: import.meta.bundled ? undefined : describe(),
});

function describe(): RouteDocs {
  const { FEEDBACK_SECONDS, MAX_FEEDBACK_BYTES } = limitsSchema.parse({});
  const response = {
    content: {
      'application/json': {
        schema: feedbackAnswerSchema,
        examples: { stored: { id: '2026-11-25-8c7dd922ad47494fc02c388e12c00eac' } },
      },
    },
    // With the id of the answer, which is in the request, and not the id of the feedback.
    links: { removeFeedback: { description: 'Delete it.', parameters: { id: '$request.body#/id' } } },
  };
  return {
    id: 'sendFeedback',
    tag: 'feedback',
    summary: 'Send feedback about an answer',
    description:
      'Says what an image shows. The `id` of the answer is signed, so feedback can only be about answers of this ' +
      'endpoint. Requires that the owner accepts feedback. An image requires `consent: true`, and that the owner ' +
      'stores images; its metadata is removed. The latest feedback about an answer replaces earlier feedback.',
    request: {
      description: `At most ${MAX_FEEDBACK_BYTES} bytes, within ${FEEDBACK_SECONDS / 86_400} days of the answer, unless the owner configured other limits.`,
      content: {
        'application/json': {
          schema: feedbackSchema,
          examples: {
            label: { id: classification.id, label: 'dog' },
            image: { id: classification.id, label: 'dog', image: onePixel, consent: true },
          },
        },
      },
    },
    responses: [
      { status: 201, description: 'The feedback is stored.', ...response },
      { status: 200, description: 'Replaced the earlier feedback about this answer.', ...response },
    ],
    problems: [
      'body-malformed',
      'parameter-invalid',
      'feedback-id-invalid',
      'feedback-label-unknown',
      'feedback-image-foreign',
      'feedback-consent-missing',
      'feedback-images-off',
      'feedback-off',
      'version-unknown',
      'body-too-slow',
      'feedback-id-expired',
      'body-too-large',
      'busy',
      'out-of-time',
      'feedback-unavailable',
      'model-unavailable',
    ],
  };
}

async function answer(c: AppContext): Promise<Response> {
  const isolate = c.get('isolate');
  const { limits, feedback } = isolate.settings;
  const service = openFeedback(isolate);
  const body = await readRequestBody(c);
  try {
    return await withinAnswerTime(c.req.raw, limits.ANSWER_SECONDS, async (signal) => {
      const read = async () => {
        const parsed = readFeedback(body);
        const sent = parsed.value;
        const answer = await verifyAnswer(service, sent.id);
        checkAge(answer, limits.FEEDBACK_SECONDS);
        return { sent, answer, image: await imageToKeep(parsed, answer, feedback.images) };
      };
      const { sent, answer, image } = await (body.bytes.length > SMALL_BODY_BYTES
        ? isolate.queue.run(read, signal)
        : read());
      const manifest = await manifestOf(isolate, answer);
      checkLabel(sent.label, manifest);
      const place = (await locateFeedback(sent.id))!;
      const record: FeedbackRecord = {
        formatVersion: FEEDBACK_FORMAT,
        ...place,
        version: answer.version,
        answer: {
          label: manifest.labels[answer.labelIndex]!,
          index: answer.labelIndex,
          score: answer.score,
          time: new Date(answer.answeredAt * 1000).toISOString(),
        },
        label: sent.label,
        time: new Date().toISOString(),
        sentSha256: answer.sentSha256,
        ...(image && { picture: await describeImage(image, manifest) }),
      };
      const { isNew } = await mapStoreErrors(storeFeedback(service.store, record, image?.bytes));
      return c.json({ id: place.id } satisfies FeedbackAnswer, isNew ? 201 : 200);
    });
  } finally {
    body.release();
  }
}

function checkAge({ answeredAt }: AnswerId, seconds: number): void {
  if (Date.now() / 1000 <= answeredAt + seconds) return;
  throw new Problem(
    'feedback-id-expired',
    `The answer is from ${new Date(answeredAt * 1000).toISOString()}. Feedback is accepted for ${seconds} s. Classify the image again.`,
    { extensions: { limit: seconds } },
  );
}

/** The manifest of the release that answered, even if no channel serves it any more: feedback is one of its labels. */
async function manifestOf({ models }: Isolate, { model, version }: AnswerId): Promise<Manifest> {
  try {
    return await models.manifest(model, version);
  } catch (cause) {
    if (!(cause instanceof ReleaseError)) throw cause;
    throw new Problem(
      'version-unknown',
      `The release ${model} ${version} no longer exists. Classify the image again.`,
      {
        cause,
      },
    );
  }
}

function checkLabel(label: string, { model, labels }: Manifest): void {
  if (labels.includes(label)) return;
  const listed = labels.slice(0, MAX_LISTED);
  throw new Problem(
    'feedback-label-unknown',
    `${JSON.stringify(label.slice(0, 40))} is not a label of ${model}. Its ${labels.length} labels: ${listed.slice(0, 10).join(', ')}${labels.length > 10 ? ' …' : ''}`,
    { extensions: { labels: listed, count: labels.length } },
  );
}

async function describeImage(
  { format, bytes }: NonNullable<Awaited<ReturnType<typeof imageToKeep>>>,
  { input }: Manifest,
): Promise<StoredImage> {
  const stored = { size: bytes.length, sha256: await sha256(bytes) };
  if (format !== 'pixels') return { format, ...stored };
  return { format: input.channels === 3 ? 'rgb8' : 'grey8', width: input.width, height: input.height, ...stored };
}
