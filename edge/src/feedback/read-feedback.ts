/** The body of `POST /v1/feedback` → what it says, and the picture as it may be kept. */
import { type Feedback, feedbackSchema } from '@glimpse/shared/api/feedback';
import { Problem } from '@glimpse/shared/api/problems';
import type { AnswerId } from '@glimpse/shared/feedback/answer-id';
import type { PictureFormat } from '@glimpse/shared/picture/decode/decoder';
import { sniff } from '@glimpse/shared/picture/sniff';
import { withoutMetadata } from '@glimpse/shared/picture/without-metadata/without-metadata';
import { sha256 } from '@glimpse/shared/release/sha256';
import { decodeBase64 } from '../body/base64.ts';
import { parseJson } from '../body/parse-json.ts';

/** @throws {Problem} body-malformed */
export function readFeedback(body: Uint8Array<ArrayBuffer>): Feedback {
  return parseJson(body, feedbackSchema, {
    expected: 'send {"id": "…", "label": "…"}, with "image" (base64) and "consent" (true) where a picture goes along.',
  });
}

/**
 * The picture without metadata; raw pixels have none.
 *
 * @param allowed whether the operator keeps pictures
 * @returns undefined where none was sent
 * @throws {Problem} feedback-consent-missing, feedback-pictures-off, body-malformed, feedback-picture-foreign
 */
export async function pictureToKeep(
  { image, consent }: Feedback,
  answer: AnswerId,
  allowed: boolean,
): Promise<{ format: PictureFormat | 'pixels'; bytes: Uint8Array<ArrayBuffer> } | undefined> {
  if (image === undefined) return undefined;
  if (consent !== true) {
    throw new Problem(
      'feedback-consent-missing',
      'A picture is kept only where the one whom it belongs to agrees: ask, and send "consent": true; or send no "image".',
    );
  }
  if (!allowed) {
    throw new Problem('feedback-pictures-off', 'This endpoint keeps no pictures; send the feedback without "image".');
  }
  const sent = decodeBase64(image);
  if (!sent) throw new Problem('body-malformed', '"image" is not base64 (RFC 4648); is it cut, or escaped twice?');
  if ((await sha256(sent)) !== answer.sentSha256) {
    throw new Problem(
      'feedback-picture-foreign',
      'The picture is not the one that the answer is about: send the same bytes that were classified.',
    );
  }
  if (answer.kind === 'pixels') return { format: 'pixels', bytes: sent };
  // It was decoded once, so it is of one of the formats.
  const format = sniff(sent).kind as PictureFormat;
  return { format, bytes: withoutMetadata(sent, format) };
}
