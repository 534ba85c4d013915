/** What a request says about the release that should answer it, and about its caller. */
import { classifyQuerySchema, DEFAULT_TOP_K, PARAMETERS } from '@glimpse/shared/api/classify';
import { Problem } from '@glimpse/shared/api/problems';
import type { SentParameters } from '../body/open-body.ts';
import { unknownName } from '../body/unknown-name.ts';
import type { ReleaseSelector } from '../model/release-selector.ts';

export interface ClassifyParameters {
  readonly selector: Omit<ReleaseSelector, 'caller'>;
  /** As sent: its maximum depends on the model. */
  readonly topK?: string | undefined;
  readonly threshold?: number | undefined;
}

/**
 * The parameters of a request, from its query and its body.
 *
 * @throws {Problem} parameter-invalid
 */
export function readParameters(query: URLSearchParams, inBody: SentParameters = []): ClassifyParameters {
  refuseUnknown(query, PARAMETERS);
  if (query.size === 0 && inBody.length === 0) return { selector: {} };
  const all = [...query, ...inBody];
  const repeated = PARAMETERS.find((name) => all.filter(([sent]) => sent === name).length > 1);
  if (repeated) throw invalid(repeated, `The parameter ${repeated} is given more than once.`);
  const { top_k: topK, ...others } = Object.fromEntries(all);
  const result = classifyQuerySchema.safeParse(others);
  if (!result.success) {
    const [issue] = result.error.issues;
    const name = String(issue?.path[0] ?? 'version');
    if (name === 'threshold') {
      const shown = JSON.stringify(others.threshold!.slice(0, 40));
      throw invalid(name, `threshold must be a number from 0 to 1; got ${shown}.`, { minimum: 0, maximum: 1 });
    }
    throw invalid(name, `${issue?.path.length ? `${name}: ` : ''}${issue?.message}.`);
  }
  const { threshold, ...selector } = result.data;
  return { selector, topK, threshold };
}

/** @throws {Problem} parameter-invalid */
export function refuseUnknown(query: URLSearchParams, known: readonly string[] = []): void {
  for (const name of query.keys()) if (!known.includes(name)) throw unknownName('query parameter', name, known);
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
