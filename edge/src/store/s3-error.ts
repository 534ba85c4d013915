/** What to change where an S3 server refuses, by the names that S3 gives its errors. */

import { StoreError } from '@glimpse/shared/store/store-error';
import type { S3Settings } from './s3-store.ts';

const REGION = 'check S3_REGION, which must be the one of the bucket ("auto" for R2).';

const remedies: Readonly<Record<string, string>> = {
  InvalidAccessKeyId: 'it does not know the access key: check S3_ACCESS_KEY_ID.',
  SignatureDoesNotMatch:
    'the secret does not belong to the access key: check S3_SECRET_ACCESS_KEY (and S3_ACCESS_KEY_ID).',
  AccessDenied: 'the key may not read there: check S3_BUCKET and the permissions of S3_ACCESS_KEY_ID.',
  NoSuchBucket: 'there is no such bucket: check S3_BUCKET and S3_ENDPOINT.',
  AuthorizationHeaderMalformed: REGION,
  InvalidRegionName: REGION,
  IllegalLocationConstraintException: REGION,
  PermanentRedirect: 'the bucket is elsewhere: check S3_ENDPOINT and S3_REGION.',
  RequestTimeTooSkewed:
    "its clock and the Worker's are more than 15 minutes apart: set the clock of the machine that the Worker runs on, or the server's.",
};

/**
 * @param code S3's own word for it, `AccessDenied` say; undefined where the answer held none
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
        'S3_SECRET_ACCESS_KEY and S3_REGION, and that the key may read and list the bucket.',
    );
  }
  if (status >= 300 && status < 400 && status !== 304) {
    return refused(`The S3 server redirects (${said}): check S3_ENDPOINT and S3_REGION.`);
  }
  // Whatever S3 refuses, it gives a name.
  if (code === undefined && [400, 404, 405].includes(status)) return notAnS3Server(settings, said);
  // What stands before a server, or in its place, gives none.
  const perhaps = code === undefined ? ' without a reason: where it stays so, check S3_ENDPOINT' : '';
  return new StoreError('store-unreachable', `The S3 server answered ${said}${perhaps}.`);
}

/** A web page, or another kind of server, where the S3 server should be. */
export function notAnS3Server({ endpoint }: S3Settings, said: string): StoreError {
  return refused(`What answers at ${new URL(endpoint).host} is no S3 server (${said}): check S3_ENDPOINT.`);
}

function refused(message: string): StoreError {
  return new StoreError('store-refused', message);
}
