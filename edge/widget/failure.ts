/** Anything that went wrong → what the user is told, and whether a retry makes sense. */
import type { FailureKind } from './texts/texts.ts';

export interface Failure {
  readonly kind: FailureKind;
  /** Stable: the API's problem code, or one from this module. */
  readonly code: string;
  /** Whether the same image may succeed later. */
  readonly canRetry: boolean;
  /** Seconds to wait, if the Worker sent `Retry-After`. */
  readonly retryAfter: number | undefined;
  readonly cause: unknown;
}

/** The members read from an error of the API or the browser. */
interface Thrown {
  readonly name?: unknown;
  readonly code?: unknown;
  readonly status?: unknown;
  readonly retryAfter?: unknown;
}

/** Codes whose text differs from that of their status. */
const kindByCode: Readonly<Record<string, FailureKind>> = {
  'body-empty': 'damaged',
  'origin-refused': 'originRefused',
  'model-unknown': 'modelUnknown',
  'version-unknown': 'modelUnknown',
};

const kindByStatus: Readonly<Record<number, FailureKind>> = {
  401: 'keyRefused',
  403: 'keyRefused',
  413: 'tooLarge',
  415: 'wrongType',
  422: 'damaged',
  429: 'tooMany',
  503: 'busy',
};

/** By the DOMException.name of getUserMedia. */
const cameraErrors: Readonly<Record<string, [FailureKind, string]>> = {
  NotAllowedError: ['cameraDenied', 'camera-denied'],
  NotFoundError: ['cameraMissing', 'camera-missing'],
  OverconstrainedError: ['cameraMissing', 'camera-missing'],
  AbortError: ['cameraBusy', 'camera-busy'],
  NotReadableError: ['cameraBusy', 'camera-busy'],
  SecurityError: ['cameraDenied', 'camera-denied'],
};

const RETRYABLE: readonly FailureKind[] = ['busy', 'fault', 'offline', 'slow', 'tooMany', 'unreachable'];

/** The camera did not open. */
export function cameraFailure(cause: unknown): Failure {
  const name = String((cause as Thrown | undefined)?.name);
  const [kind, code] = cameraErrors[name] ?? ['cameraBusy', 'camera-busy'];
  return { kind, code, canRetry: false, retryAfter: undefined, cause };
}

/** A failure that the widget detected itself. */
export function localFailure(kind: FailureKind, code: string, cause?: unknown): Failure {
  return { kind, code, canRetry: RETRYABLE.includes(kind), retryAfter: undefined, cause };
}

/**
 * A classification that failed. Browsers do not tell a page why it got no response, so the Worker is called again without
 * CORS: if that call succeeds, CORS refused the first one.
 *
 * @param page whether the page is online, and whether its own policy blocked the call
 */
export async function classifyFailure(
  thrown: unknown,
  page: { readonly online: boolean; readonly blocked: () => boolean; readonly reachable: () => Promise<boolean> },
): Promise<Failure> {
  const { name, code, status, retryAfter } = (thrown ?? {}) as Thrown;
  const failure = (kind: FailureKind, localCode?: string): Failure => ({
    kind,
    code: localCode ?? (typeof code === 'string' ? code : 'unknown'),
    canRetry: RETRYABLE.includes(kind),
    retryAfter: typeof retryAfter === 'number' ? retryAfter : undefined,
    cause: thrown,
  });
  if (typeof status === 'number') return failure(kindByCode[String(code)] ?? kindByStatus[status] ?? 'fault');
  if (name === 'NotReadableError' || name === 'NotFoundError') return failure('unreadable', 'image-unreadable');
  if (name === 'TimeoutError') return failure('slow', 'timeout');
  if (!page.online) return failure('offline', 'offline');
  const reachable = await page.reachable();
  // The securitypolicyviolation event comes after the call has failed.
  await new Promise((resolve) => setTimeout(resolve, POLICY_EVENT_MS));
  if (page.blocked()) return failure('blocked', 'blocked-by-policy');
  return reachable ? failure('originRefused', 'origin-refused') : failure('unreachable', 'unreachable');
}

const POLICY_EVENT_MS = 50;
const REACHABLE_TIMEOUT_MS = 4000;

/** @returns whether the Worker answers a call that CORS does not apply to */
export async function isReachable(endpoint: string): Promise<boolean> {
  try {
    await fetch(new URL('/healthz', endpoint), {
      mode: 'no-cors',
      cache: 'no-store',
      credentials: 'omit',
      signal: AbortSignal.timeout(REACHABLE_TIMEOUT_MS),
    });
    return true;
  } catch {
    return false;
  }
}

/** Notices if the page's own Content-Security-Policy blocks calls to the endpoint. */
export function watchPolicy(endpoint: string): { readonly blocked: () => boolean; readonly stop: () => void } {
  let blocked = false;
  const onViolation = ({ effectiveDirective, blockedURI }: SecurityPolicyViolationEvent) => {
    if (effectiveDirective === 'connect-src' && sameOrigin(blockedURI, endpoint)) blocked = true;
  };
  document.addEventListener('securitypolicyviolation', onViolation);
  return {
    blocked: () => blocked,
    stop: () => document.removeEventListener('securitypolicyviolation', onViolation),
  };
}

function sameOrigin(one: string, other: string): boolean {
  return URL.canParse(one) && new URL(one).origin === new URL(other).origin;
}
