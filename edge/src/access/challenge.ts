/** The header WWW-Authenticate (RFC 6750, 3): how to ask again with a key that is taken. */
import type { ProblemCode } from '@glimpse/shared/api/problems';

const REALM = 'Bearer realm="glimpse"';

const challenges: Partial<Record<ProblemCode, string>> = {
  'key-missing': REALM,
  'key-malformed': `${REALM}, error="invalid_token"`,
  'key-unknown': `${REALM}, error="invalid_token"`,
  'key-revoked': `${REALM}, error="invalid_token"`,
  'scope-missing': `${REALM}, error="insufficient_scope"`,
};

export function challengeOf(code: ProblemCode): Record<string, string> {
  const challenge = challenges[code];
  return challenge === undefined ? {} : { 'WWW-Authenticate': challenge };
}
