/** The kinds of requests, and how their answers are checked. */
import type { KnownImage, KnownImages } from './known-images.ts';
import type { KeyName } from './target.ts';

/** The inputs for creating requests. */
export interface World {
  readonly url: URL;
  readonly keys: Readonly<Record<KeyName, string>>;
  readonly images: KnownImages;
  readonly version: string;
  readonly labels: readonly string[];
  /** The files of the release, by name. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

export interface Outcome {
  /** `left`: the client did not wait for an answer. */
  readonly status: number | 'left';
  /** What is wrong with the answer. */
  readonly wrong?: string | undefined;
}

export interface Kind {
  readonly name: string;
  /** As in the list of routes. */
  readonly route: string;
  /** The relative frequency. */
  readonly weight: number;
  /** Whether it is an invalid request. */
  readonly bad?: boolean;
  /** @param turn an increasing number, which selects the image */
  readonly send: (world: World, turn: number) => Promise<Outcome>;
}

export interface Asked extends RequestInit {
  readonly key?: KeyName;
  readonly headers?: Record<string, string>;
}

export const CLASSIFY = '/v1/classify';
export const BATCH = '/v1/classify/batch';

export function post(body: NonNullable<RequestInit['body']>, headers: Record<string, string> = {}) {
  return { method: 'POST', body, headers };
}

/** Sends one request like a program does. */
export async function ask(world: World, path: string, { key = 'app', headers, ...init }: Asked = {}) {
  const response = await fetch(new URL(path, world.url), {
    ...init,
    headers: { Authorization: `Bearer ${world.keys[key]}`, ...headers },
  });
  const bytes = new Uint8Array(await response.arrayBuffer());
  return { status: response.status, headers: response.headers, bytes };
}

export type Answered = Awaited<ReturnType<typeof ask>>;

// biome-ignore lint/suspicious/noExplicitAny: what an answer has to be, the kinds say themselves
export function json(answered: Answered): any {
  return JSON.parse(new TextDecoder().decode(answered.bytes));
}

/**
 * Checks an answer. A 503 is allowed because the Worker may be busy.
 *
 * @param statuses that are expected
 * @param look checks an answer with an expected status and returns what is wrong with it
 */
export function judge(
  answered: Answered,
  statuses: number | readonly number[],
  look: (answered: Answered) => string | undefined = () => undefined,
): Outcome {
  const { status, headers } = answered;
  if (status === 503) {
    const wrong = /^\d+$/.test(headers.get('Retry-After') ?? '') ? undefined : '503 without Retry-After';
    return { status, wrong };
  }
  if (![statuses].flat().includes(status)) return { status, wrong: `${status}: ${shown(answered)}` };
  if (!headers.get('X-Request-Id')) return { status, wrong: 'no X-Request-Id' };
  return { status, wrong: look(answered) };
}

export function shown({ bytes }: Pick<Answered, 'bytes'>): string {
  return new TextDecoder().decode(bytes.subarray(0, 300));
}

/** Expects an error with this status and code. */
export function refused(answered: Answered, status: number, code: string): Outcome {
  return judge(answered, status, (it) => {
    const said = json(it);
    return said.code === code ? undefined : `${said.code} in place of ${code}`;
  });
}

interface Prediction {
  readonly label: string;
  readonly score: number;
}

/** Compares predictions with the known scores of the image. @returns what is wrong */
export function misjudged(
  predictions: readonly Prediction[],
  { scores, within }: Omit<KnownImage, 'bytes'>,
  labels: readonly string[],
): string | undefined {
  if (predictions.length === 0) return 'no predictions';
  const order = predictions.every(({ score }, i) => i === 0 || score <= predictions[i - 1]!.score);
  if (!order) return 'predictions out of order';
  for (const { label, score } of predictions) {
    const known = scores[labels.indexOf(label)];
    if (known === undefined) return `${label} is no label`;
    if (!(Math.abs(known - score) <= within)) return `${label} has ${score}, and not ${known}`;
  }
  const best = Math.max(...scores);
  if (predictions[0]!.score < best - 2 * within) return 'the most probable class is not named first';
  return undefined;
}
