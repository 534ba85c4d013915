/** What a request says about the release that should answer it, and about its caller. */
import { classifyQuerySchema, DEFAULT_TOP_K } from '@glimpse/shared/api/classify';
import { Problem } from '@glimpse/shared/api/problems';
import type { ReleaseSelector } from '../model/release-selector.ts';

export interface ClassifyQuery extends Omit<ReleaseSelector, 'caller'> {
  /** As sent: its maximum depends on the model. */
  readonly topK?: string | undefined;
}

const PARAMETERS = ['top_k', 'model', 'version', 'channel'];

/**
 * The query of `POST /v1/classify`. Unknown parameters are ignored, since callers may add one to avoid caches.
 *
 * @throws {Problem} parameter-invalid
 */
export function readClassifyQuery(query: URLSearchParams): ClassifyQuery {
  if (query.size === 0) return {};
  const repeated = PARAMETERS.find((name) => query.getAll(name).length > 1);
  if (repeated) throw invalid(repeated, `The parameter ${repeated} is given more than once.`);
  const { top_k: topK, ...selection } = Object.fromEntries(query);
  const result = classifyQuerySchema.safeParse(selection);
  if (!result.success) {
    const [issue] = result.error.issues;
    const name = String(issue?.path[0] ?? 'version');
    throw invalid(name, `${issue?.path.length ? `${name}: ` : ''}${issue?.message}.`);
  }
  const { model, version, channel } = result.data;
  return { model, version, channel, topK };
}

/** @throws {Problem} parameter-invalid, with the range */
export function readTopK(sent: string | undefined, classes: number): number {
  if (sent === undefined) return Math.min(DEFAULT_TOP_K, classes);
  const topK = classifyQuerySchema.safeParse({ top_k: sent }).data?.top_k;
  if (topK === undefined || topK < 1 || topK > classes) {
    const shown = JSON.stringify(sent.slice(0, 40));
    throw invalid('top_k', `top_k must be a whole number from 1 to ${classes}, the number of classes; got ${shown}.`, {
      minimum: 1,
      maximum: classes,
    });
  }
  return topK;
}

function invalid(parameter: string, detail: string, extensions: Record<string, unknown> = {}): Problem {
  return new Problem('parameter-invalid', detail, { extensions: { parameter, ...extensions } });
}

/** How much of a key or client id distinguishes callers. */
const MAX_LENGTH = 200;

/**
 * What distinguishes a caller for canaries and stays the same over time: the API key, or the header `X-Client-Id`, or the
 * address for one day. It is hashed and never stored. In local development there is no address, so all callers are one.
 */
export function callerOf(headers: Headers, now: Date): string {
  const key = /^Bearer +(\S+)/i.exec(headers.get('Authorization') ?? '')?.[1];
  if (key) return `key ${key.slice(0, MAX_LENGTH)}`;
  const client = headers.get('X-Client-Id')?.trim();
  if (client) return `client ${client.slice(0, MAX_LENGTH)}`;
  return `address ${headers.get('CF-Connecting-IP') ?? 'unknown'} ${now.toISOString().slice(0, 10)}`;
}
