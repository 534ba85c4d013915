/** Whatever went wrong → what the person in front of the widget is told, and whether another try makes sense. */
import type { FailureKind } from './texts/texts.ts';

export interface Failure {
  readonly kind: FailureKind;
  /** Stable: the API's problem code, or one of this module's. */
  readonly code: string;
  /** Whether the same image may well succeed later. */
  readonly again: boolean;
  /** Seconds, where the Worker said how long to wait. */
  readonly retryAfter: number | undefined;
  readonly cause: unknown;
}

/** Of an error of the client, or of the browser, as much as is asked. */
interface Thrown {
  readonly name?: unknown;
  readonly code?: unknown;
  readonly status?: unknown;
  readonly retryAfter?: unknown;
}

const byCode: Readonly<Record<string, FailureKind>> = {
  'body-empty': 'damaged',
  'body-too-large': 'tooLarge',
  'image-too-many-pixels': 'tooLarge',
  'image-unsupported': 'wrongType',
  'image-undecodable': 'damaged',
  'origin-refused': 'originRefused',
  'model-unknown': 'modelUnknown',
  'version-unknown': 'modelUnknown',
  'image-none': 'notAImage',
  timeout: 'slow',
};

const byStatus: Readonly<Record<number, FailureKind>> = {
  401: 'keyRefused',
  403: 'keyRefused',
  413: 'tooLarge',
  415: 'wrongType',
  422: 'damaged',
  429: 'tooMany',
  503: 'busy',
};

/** DOMException.name of a camera or a file that cannot be had. */
const byName: Readonly<Record<string, [FailureKind, string]>> = {
  NotAllowedError: ['cameraDenied', 'camera-denied'],
  NotFoundError: ['cameraMissing', 'camera-missing'],
  OverconstrainedError: ['cameraMissing', 'camera-missing'],
  AbortError: ['cameraBusy', 'camera-busy'],
  NotReadableError: ['cameraBusy', 'camera-busy'],
  SecurityError: ['cameraDenied', 'camera-denied'],
};

const SETTLE_MS = 50;

const RETRIED: readonly FailureKind[] = ['busy', 'fault', 'offline', 'slow', 'tooMany', 'unreachable'];

/** A camera that does not open. */
export function cameraFailure(cause: unknown): Failure {
  const name = String((cause as Thrown | undefined)?.name);
  const [kind, code] = byName[name] ?? ['cameraBusy', 'camera-busy'];
  return { kind, code, again: false, retryAfter: undefined, cause };
}

/** A failure that this widget found by itself. */
export function ownFailure(kind: FailureKind, code: string, cause?: unknown): Failure {
  return { kind, code, again: RETRIED.includes(kind), retryAfter: undefined, cause };
}

/**
 * A classification that failed. A browser tells a page nothing of why a call did not come through; so where there was
 * no answer, the Worker is asked once more without CORS: if that comes through, it was CORS that refused.
 *
 * @param situation what the page knows: whether it is online, and whether its own policy has blocked a call
 */
export async function failureOf(
  thrown: unknown,
  situation: { readonly online: boolean; readonly blocked: () => boolean; readonly reachable: () => Promise<boolean> },
): Promise<Failure> {
  const { name, code, status, retryAfter } = (thrown ?? {}) as Thrown;
  const described = (kind: FailureKind, ownCode?: string): Failure => ({
    kind,
    code: ownCode ?? (typeof code === 'string' ? code : 'unknown'),
    again: RETRIED.includes(kind),
    retryAfter: typeof retryAfter === 'number' ? retryAfter : undefined,
    cause: thrown,
  });
  if (typeof status === 'number') return described(byCode[String(code)] ?? byStatus[status] ?? 'fault');
  if (typeof code === 'string' && Object.hasOwn(byCode, code)) return described(byCode[code]!);
  if (name === 'NotReadableError' || name === 'NotFoundError') return described('unreadable', 'image-unreadable');
  if (name === 'TimeoutError') return described('slow', 'timeout');
  if (!situation.online) return described('offline', 'offline');
  const reachable = await situation.reachable();
  // The event that tells of it comes after the call's own end.
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  if (situation.blocked()) return described('blocked', 'blocked-by-policy');
  return reachable ? described('originRefused', 'origin-refused') : described('unreachable', 'unreachable');
}
