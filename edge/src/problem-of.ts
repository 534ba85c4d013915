/** Whatever was thrown → the problem that the caller gets. The one place where errors become statuses. */
import { RETRY_AFTER_SECONDS } from '@glimpse/shared/api/limits';
import { Problem, type ProblemCode } from '@glimpse/shared/api/problems';
import { NetworkError } from '@glimpse/shared/network/network-error';
import { PictureError, type PictureErrorCode } from '@glimpse/shared/picture/picture-error';
import { ReleaseError } from '@glimpse/shared/release/release-error';
import { ConfigurationError } from './configuration-error.ts';
import { StoreError } from './store/store-error.ts';

const pictureProblems: Record<PictureErrorCode, ProblemCode> = {
  // Within a form or JSON: of a body without any bytes the route says so itself.
  'picture-empty': 'body-empty',
  'picture-unsupported': 'picture-unsupported',
  'picture-undecodable': 'picture-undecodable',
  'picture-too-many-pixels': 'picture-too-many-pixels',
};

export function problemOf(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown;
  if (thrown instanceof PictureError) {
    return new Problem(pictureProblems[thrown.code], sentence(thrown.message), {
      extensions: thrown.details,
      cause: thrown,
    });
  }
  if (
    thrown instanceof ReleaseError ||
    thrown instanceof NetworkError ||
    thrown instanceof StoreError ||
    thrown instanceof ConfigurationError
  ) {
    return new Problem('model-unavailable', thrown.message.replace(/\s+/g, ' '), {
      cause: thrown,
      retryAfter: RETRY_AFTER_SECONDS,
    });
  }
  return new Problem('internal-error', 'The error has been logged under the id of this request (X-Request-Id).', {
    cause: thrown,
  });
}

/** What is said of a picture begins in lower case. */
function sentence(message: string): string {
  return `${message.charAt(0).toUpperCase()}${message.slice(1)}${/[.!?]$/.test(message) ? '' : '.'}`;
}
