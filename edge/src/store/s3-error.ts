/** Translates the errors of an S3 server into what to change. */

import { StoreError } from '@glimpse/shared/store/store-error';
import type { S3Settings } from './s3-store.ts';

const REGION = 'check S3_REGION, which must be the region of the bucket ("auto" for R2).';

const remedies: Readonly<Record<string, string>> = {
  InvalidAccessKeyId: 'the server does not know the access key: check S3_ACCESS_KEY_ID.',
  SignatureDoesNotMatch:
    'the secret does not belong to the access key: check S3_SECRET_ACCESS_KEY (and S3_ACCESS_KEY_ID).',
  AccessDenied: 'the access key lacks a permission: check S3_BUCKET and the permissions of S3_ACCESS_KEY_ID.',
  NoSuchBucket: 'the bucket does not exist: check S3_BUCKET and S3_ENDPOINT.',
  AuthorizationHeaderMalformed: REGION,
  InvalidRegionName: REGION,
  IllegalLocationConstraintException: REGION,
  PermanentRedirect: 'the bucket is at another endpoint: check S3_ENDPOINT and S3_REGION.',
  RequestTimeTooSkewed:
    "the server's clock and the Worker's differ by more than 15 minutes: set the clock of the machine that the Worker runs on, or the server's.",
};

/**
 * @param code the error code in the response, such as `AccessDenied`; undefined if there was none
 * @returns undefined for "no such object"
 */
export function s3Error(status: number, code: string | undefined, settings: S3Settings): StoreError | undefined {
  const { bucket, bucketVariable = 'S3_BUCKET' } = settings;
  const said = code ? `${status} ${code}` : `${status}`;
  if (status === 404 && code === 'NoSuchKey') return undefined;
  const remedy = code && Object.hasOwn(remedies, code) ? remedies[code] : undefined;
  if (remedy)
    return refused(
      `The S3 server refused access to the bucket ${bucket} (${said}): ${remedy.replaceAll('S3_BUCKET', bucketVariable)}`,
    );
  if (status === 401 || status === 403) {
    return refused(
      `The S3 server refused access to the bucket ${bucket} (${said}): check ${bucketVariable}, S3_ACCESS_KEY_ID, ` +
        'S3_SECRET_ACCESS_KEY and S3_REGION, and that the access key may read and list the bucket.',
    );
  }
  if (status >= 300 && status < 400 && status !== 304) {
    return refused(`The S3 server redirects (${said}): check S3_ENDPOINT and S3_REGION.`);
  }
  // Every refusal by S3 has an error code.
  if (code === undefined && [400, 404, 405].includes(status)) return notAnS3Server(settings, said);
  // Without an error code, the answer may come from a proxy.
  const perhaps = code === undefined ? ' without a reason: if this persists, check S3_ENDPOINT' : '';
  return new StoreError('store-unreachable', `The S3 server answered ${said}${perhaps}.`);
}

/** For a web page or another kind of server at the S3 endpoint. */
export function notAnS3Server({ endpoint }: S3Settings, said: string): StoreError {
  return refused(`The server at ${new URL(endpoint).host} is not an S3 server (${said}): check S3_ENDPOINT.`);
}

function refused(message: string): StoreError {
  return new StoreError('store-refused', message);
}
