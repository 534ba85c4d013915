/** The body of `POST /v1/feedback` → what it says, and the image as it may be kept. */
import { type Feedback, feedbackSchema } from '@glimpse/shared/api/feedback';
import { Problem } from '@glimpse/shared/api/problems';
import type { AnswerId } from '@glimpse/shared/feedback/answer-id';
import type { ImageFormat } from '@glimpse/shared/image/formats';
import { sniff } from '@glimpse/shared/image/sniff';
import { withoutMetadata } from '@glimpse/shared/image/strip-metadata';
import { sha256 } from '@glimpse/shared/release/sha256';
import { decodeBase64 } from '../body/base64.ts';
import { parseJson } from '../body/parse-json.ts';

/** @throws {Problem} body-malformed */
export function readFeedback(body: Uint8Array<ArrayBuffer>): Feedback {
  return parseJson(body, feedbackSchema, {
    expected: 'send {"id": "…", "label": "…"}, with "image" (base64) and "consent" (true) where an image goes along.',
  });
}

/**
 * The image without metadata; raw pixels have none.
 *
 * @param allowed whether the operator keeps images
 * @returns undefined where none was sent
 * @throws {Problem} feedback-consent-missing, feedback-images-off, body-malformed, feedback-image-foreign
 */
export async function imageToKeep(
  { image, consent }: Feedback,
  answer: AnswerId,
  allowed: boolean,
): Promise<{ format: ImageFormat | 'pixels'; bytes: Uint8Array<ArrayBuffer> } | undefined> {
  if (image === undefined) return undefined;
  if (consent !== true) {
    throw new Problem(
      'feedback-consent-missing',
      'An image is kept only where the one whom it belongs to agrees: ask, and send "consent": true; or send no "image".',
    );
  }
  if (!allowed) {
    throw new Problem('feedback-images-off', 'This endpoint keeps no images; send the feedback without "image".');
  }
  const sent = decodeBase64(image);
  if (!sent) throw new Problem('body-malformed', '"image" is not base64 (RFC 4648); is it cut, or escaped twice?');
  if ((await sha256(sent)) !== answer.sentSha256) {
    throw new Problem(
      'feedback-image-foreign',
      'The image is not the one that the answer is about: send the same bytes that were classified.',
    );
  }
  if (answer.kind === 'pixels') return { format: 'pixels', bytes: sent };
  // It was decoded once, so it is of one of the formats.
  const format = sniff(sent).kind as ImageFormat;
  return { format, bytes: withoutMetadata(sent, format) };
}
