/** Maps any thrown value to the problem that the caller gets. The only place where errors become statuses. */
import { RETRY_AFTER_SECONDS } from '@glimpse/shared/api/limits';
import { Problem, type ProblemCode } from '@glimpse/shared/api/problems';
import { ImageError, type ImageErrorCode } from '@glimpse/shared/image/image-error';
import { NetworkError } from '@glimpse/shared/model/network/network-error';
import { ReleaseError } from '@glimpse/shared/release/release-error';
import { StoreError } from '@glimpse/shared/store/store-error';
import { ConfigurationError } from './configuration-error.ts';

const imageProblems: Record<ImageErrorCode, ProblemCode> = {
  // An empty image in a form or JSON. The route checks for an empty body.
  'image-empty': 'body-empty',
  'image-unsupported': 'image-unsupported',
  'image-undecodable': 'image-undecodable',
  'image-too-many-pixels': 'image-too-many-pixels',
};

export function problemOf(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown;
  if (thrown instanceof ImageError) {
    return new Problem(imageProblems[thrown.code], sentence(thrown.message), {
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
  return new Problem('internal-error', 'The error was logged under the id of this request (X-Request-Id).', {
    cause: thrown,
  });
}

/** Messages of image errors begin in lower case. */
function sentence(message: string): string {
  return `${message.charAt(0).toUpperCase()}${message.slice(1)}${/[.!?]$/.test(message) ? '' : '.'}`;
}
