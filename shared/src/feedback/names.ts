/** Keys of feedback in the private bucket: per answer one record and optionally the image, in a folder per day. */
import * as z from 'zod/mini';
import { sha256 } from '../release/sha256.ts';
import { readAnswerId } from './answer-id.ts';

/** `2026-11-25-<32 hex>`: the day of the answer (UTC) and the first digits of the SHA-256 of the answer's id. */
export const feedbackIdSchema = z.string().check(z.regex(/^\d{4}-\d{2}-\d{2}-[0-9a-f]{32}$/, 'not a feedback id'));

export const feedbackKeys = {
  /** The folder of a model. */
  model: (model: string) => `feedback/${model}/`,
  record: (model: string, id: string) => `${stem(model, id)}.json`,
  image: (model: string, id: string) => `${stem(model, id)}.picture`,
} as const;

function stem(model: string, id: string): string {
  return `feedback/${model}/${id.slice(0, 10)}/${id.slice(11)}`;
}

/** Inverse of `feedbackKeys`; undefined for any other key. */
export function parseFeedbackKey(key: string): { model: string; id: string; what: 'record' | 'image' } | undefined {
  const [, model, day, hash, ending] =
    /^feedback\/([a-z0-9-]{1,64})\/(\d{4}-\d{2}-\d{2})\/([0-9a-f]{32})\.(json|picture)$/.exec(key) ?? [];
  if (!model) return undefined;
  return { model, id: `${day}-${hash}`, what: ending === 'json' ? 'record' : 'image' };
}

/**
 * Where the feedback for an answer is stored. Feedback that is sent twice replaces the first.
 *
 * @param answerId its signature is not verified
 * @returns undefined if the text is not the id of an answer
 */
export async function locateFeedback(answerId: string): Promise<{ model: string; id: string } | undefined> {
  const answer = readAnswerId(answerId);
  if (!answer) return undefined;
  const day = new Date(answer.answeredAt * 1000).toISOString().slice(0, 10);
  return { model: answer.model, id: `${day}-${(await sha256(answerId)).slice(0, 32)}` };
}
