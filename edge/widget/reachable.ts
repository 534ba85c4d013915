/** Why a call did not come through: a browser keeps that from the page, but some of it can be found out. */

const PATIENCE_MS = 4000;

/** @returns whether the Worker answers at all, to a call that CORS has no say in */
export async function isReachable(address: string): Promise<boolean> {
  try {
    await fetch(new URL('/healthz', address), {
      mode: 'no-cors',
      cache: 'no-store',
      credentials: 'omit',
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    return true;
  } catch {
    return false;
  }
}

/** Notices where the page's own Content-Security-Policy keeps it from calling the address. */
export function watchPolicy(address: string): { readonly blocked: () => boolean; readonly stop: () => void } {
  let blocked = false;
  const onViolation = ({ effectiveDirective, blockedURI }: SecurityPolicyViolationEvent) => {
    if (effectiveDirective === 'connect-src' && sameOrigin(blockedURI, address)) blocked = true;
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
