/** Where feedback lies in the private bucket: one object an answer, in a folder a day, and beside it the image. */
import * as z from 'zod/mini';
import { sha256 } from '../release/sha256.ts';
import { readAnswerId } from './answer-id.ts';

/** `2026-11-25-<32 hex>`: the day of the answer (UTC), and the head of the SHA-256 of the answer's id. */
export const feedbackIdSchema = z
  .string()
  .check(z.regex(/^\d{4}-\d{2}-\d{2}-[0-9a-f]{32}$/, 'not the id of a feedback'));

export const feedbackKeys = {
  /** All of a model's. */
  model: (model: string) => `feedback/${model}/`,
  record: (model: string, id: string) => `${stem(model, id)}.json`,
  image: (model: string, id: string) => `${stem(model, id)}.picture`,
} as const;

function stem(model: string, id: string): string {
  return `feedback/${model}/${id.slice(0, 10)}/${id.slice(11)}`;
}

/** The other way round; undefined for any other key. */
export function placeOfKey(key: string): { model: string; id: string; what: 'record' | 'image' } | undefined {
  const [, model, day, hash, ending] =
    /^feedback\/([a-z0-9-]{1,64})\/(\d{4}-\d{2}-\d{2})\/([0-9a-f]{32})\.(json|picture)$/.exec(key) ?? [];
  if (!model) return undefined;
  return { model, id: `${day}-${hash}`, what: ending === 'json' ? 'record' : 'image' };
}

/**
 * The same answer, the same place: whoever says something of it twice has said it once.
 *
 * @param answerId of an answer; its signature is not looked at
 * @returns undefined where the text is no answer's id
 */
export async function placeOfAnswer(answerId: string): Promise<{ model: string; id: string } | undefined> {
  const answer = readAnswerId(answerId);
  if (!answer) return undefined;
  const day = new Date(answer.answeredAt * 1000).toISOString().slice(0, 10);
  return { model: answer.model, id: `${day}-${(await sha256(answerId)).slice(0, 32)}` };
}
