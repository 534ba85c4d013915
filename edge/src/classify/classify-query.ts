/** The query of `POST /v1/classify`. Parameters that are not known are passed over, as a cache-busting one is. */
import { classifyQuerySchema, DEFAULT_TOP_K } from '@glimpse/shared/api/classify';
import { Problem } from '@glimpse/shared/api/problems';
import type { ReleaseSelector } from '../model/release-selector.ts';

export interface ClassifyQuery extends ReleaseSelector {
  /** As sent: how large it may be depends on the model. */
  readonly topK?: string | undefined;
}

const KNOWN = ['top_k', 'model', 'version', 'channel'];

/** @throws {Problem} parameter-invalid */
export function readClassifyQuery(query: URLSearchParams): ClassifyQuery {
  if (query.size === 0) return {};
  const twice = KNOWN.find((name) => query.getAll(name).length > 1);
  if (twice) throw invalid(twice, `The parameter ${twice} is given more than once.`);
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
    throw invalid('top_k', `top_k is a whole number from 1 to ${classes}, the number of classes, and not ${shown}.`, {
      minimum: 1,
      maximum: classes,
    });
  }
  return topK;
}

function invalid(parameter: string, detail: string, extensions: Record<string, unknown> = {}): Problem {
  return new Problem('parameter-invalid', detail, { extensions: { parameter, ...extensions } });
}
