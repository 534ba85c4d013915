/** Reads the body of `POST /v1/feedback`, and prepares its image for storage. */
import { type Feedback, feedbackSchema } from '@glimpse/shared/api/feedback';
import { Problem } from '@glimpse/shared/api/problems';
import type { AnswerId } from '@glimpse/shared/feedback/answer-id';
import type { ImageFormat } from '@glimpse/shared/image/formats';
import { sniff } from '@glimpse/shared/image/sniff';
import { withoutMetadata } from '@glimpse/shared/image/strip-metadata';
import { sha256 } from '@glimpse/shared/release/sha256';
import { type ParsedJson, parseJson } from '../body/parse-json.ts';
import type { HeldBody } from '../body/read-body.ts';

/** @throws {Problem} body-malformed */
export function readFeedback({ bytes, hold }: Pick<HeldBody, 'bytes' | 'hold'>): ParsedJson<Feedback> {
  return parseJson(bytes, feedbackSchema, {
    images: ['image'],
    members: Object.keys(feedbackSchema.shape),
    hold,
    expected: 'send {"id": "…", "label": "…"}, and, to include the image, "image" (base64) and "consent": true.',
  });
}

/**
 * Removes metadata from the image; raw pixels have none.
 *
 * @param allowed whether the operator stores images
 * @returns undefined if no image was sent
 * @throws {Problem} feedback-consent-missing, feedback-images-off, body-malformed, feedback-image-foreign
 */
export async function imageToKeep(
  { value: { image, consent }, decode }: ParsedJson<Feedback>,
  answer: AnswerId,
  allowed: boolean,
): Promise<{ format: ImageFormat | 'pixels'; bytes: Uint8Array<ArrayBuffer> } | undefined> {
  if (image === undefined) return undefined;
  if (consent !== true) {
    throw new Problem(
      'feedback-consent-missing',
      'Images are stored only with consent. Ask the owner of the image and send "consent": true, or omit "image".',
    );
  }
  if (!allowed) {
    throw new Problem('feedback-images-off', 'This endpoint does not store images. Send the feedback without "image".');
  }
  const sent = decode(image);
  if (!sent)
    throw new Problem('body-malformed', '"image" is not valid base64 (RFC 4648). Is it truncated, or escaped twice?');
  if ((await sha256(sent)) !== answer.sentSha256) {
    throw new Problem(
      'feedback-image-foreign',
      'This is not the image that the answer is about. Send the same bytes that were classified.',
    );
  }
  if (answer.kind === 'pixels') return { format: 'pixels', bytes: sent };
  // It was decoded before, so its format is known.
  const format = sniff(sent).kind as ImageFormat;
  return { format, bytes: withoutMetadata(sent, format) };
}
