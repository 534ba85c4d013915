/** `POST /v1/feedback`: what an image really shows, about an answer that was given here. */
import type { FeedbackAnswer } from '@glimpse/shared/api/feedback';
import { Problem } from '@glimpse/shared/api/problems';
import type { AnswerId } from '@glimpse/shared/feedback/answer-id';
import { locateFeedback } from '@glimpse/shared/feedback/names';
import { FEEDBACK_FORMAT, type FeedbackRecord, type StoredImage } from '@glimpse/shared/feedback/record';
import type { Manifest } from '@glimpse/shared/release/manifest';
import { ReleaseError } from '@glimpse/shared/release/release-error';
import { sha256 } from '@glimpse/shared/release/sha256';
import { withinAnswerTime } from '../body/answer-time.ts';
import { readBody } from '../body/read-body.ts';
import type { AppContext } from '../context.ts';
import { mapStoreErrors, openFeedback, verifyAnswer } from '../feedback/open-feedback.ts';
import { imageToKeep, readFeedback } from '../feedback/read-feedback.ts';
import { storeFeedback } from '../feedback/stored-feedback.ts';
import type { Isolate } from '../isolate.ts';

/** Without an image in it a body is read at once; with one it takes a turn, as an image to classify does. */
const SMALL_BODY_BYTES = 64 * 1024;
/** Labels that an error lists. */
const MAX_LISTED = 100;

export async function sendFeedback(c: AppContext): Promise<Response> {
  const isolate = c.get('isolate');
  const { limits, feedback } = isolate.settings;
  const service = openFeedback(isolate);
  const maxBytes = Math.min(limits.MAX_FEEDBACK_BYTES, limits.MAX_BODY_BYTES);
  const body = await readBody(c.req.raw, { maxBytes, budget: isolate.budget, seconds: limits.BODY_SECONDS });
  try {
    return await withinAnswerTime(c.req.raw, limits.ANSWER_SECONDS, async (signal) => {
      const read = async () => {
        const said = readFeedback(body.bytes);
        const answer = await verifyAnswer(service, said.id);
        checkAge(answer, limits.FEEDBACK_SECONDS);
        return { said, answer, image: await imageToKeep(said, answer, feedback.images) };
      };
      const { said, answer, image } = await (body.bytes.length > SMALL_BODY_BYTES
        ? isolate.queue.run(read, signal)
        : read());
      const manifest = await manifestOf(isolate, answer);
      checkLabel(said.label, manifest);
      const place = (await locateFeedback(said.id))!;
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
        label: said.label,
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
    `The answer was given ${new Date(answeredAt * 1000).toISOString()}, and feedback is taken for ${seconds} s. Classify the image again.`,
    { extensions: { limit: seconds } },
  );
}

/** Of the release that answered, whether a channel still names it or not: its labels are what was to choose from. */
async function manifestOf({ models }: Isolate, { model, version }: AnswerId): Promise<Manifest> {
  try {
    return await models.manifest(model, version);
  } catch (cause) {
    if (!(cause instanceof ReleaseError)) throw cause;
    throw new Problem('version-unknown', `The release ${model} ${version} is no longer there. Classify again.`, {
      cause,
    });
  }
}

function checkLabel(label: string, { model, labels }: Manifest): void {
  if (labels.includes(label)) return;
  const listed = labels.slice(0, MAX_LISTED);
  throw new Problem(
    'feedback-label-unknown',
    `${JSON.stringify(label.slice(0, 40))} is no label of ${model}. It has ${labels.length}: ${listed.slice(0, 10).join(', ')}${labels.length > 10 ? ' …' : ''}`,
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
