/** An R2 bucket that the Worker binds. It outlives deployments: `pulumi destroy` does not remove it. */

import cloudflare from '@pulumi/cloudflare';
import { InfraError } from './infra-error.ts';

/** R2's location hints: Asia-Pacific, Oceania, and the east and west of Europe and of North America. */
const R2_LOCATIONS = ['apac', 'eeur', 'enam', 'oc', 'weur', 'wnam'] as const;
export type R2Location = (typeof R2_LOCATIONS)[number];

export interface BucketArgs {
  /** Its use, and its name in Pulumi. */
  purpose: 'releases' | 'private';
  /** Cloudflare account id, 32 lowercase hexadecimal digits. */
  accountId: string;
  /** 3 to 63 lowercase letters, digits and hyphens, no hyphen first or last; the `bucket_name` in wrangler.toml. */
  bucketName: string;
  /** A hint for R2, used only when a bucket of this name is first created. */
  location: R2Location;
}

const DAY_IN_SECONDS = 24 * 60 * 60;

/** How long feedback is stored at most, as docs/feedback.md promises. */
const FEEDBACK_DAYS = 365;

/** @throws {InfraError} `account-invalid`, `bucket-name-invalid`, `location-invalid`, before it registers anything. */
export function createBucket(args: BucketArgs): cloudflare.R2Bucket {
  check(args);
  const { purpose, accountId, bucketName, location } = args;
  const bucket = new cloudflare.R2Bucket(purpose, { accountId, name: bucketName, location }, { protect: true });
  // Incomplete uploads and feedback expire. Releases and keys have no age limit: clients may be pinned to a release.
  new cloudflare.R2BucketLifecycle(`${purpose}-lifecycle`, {
    accountId,
    bucketName: bucket.name,
    rules: [
      {
        id: 'abort-incomplete-uploads',
        enabled: true,
        conditions: { prefix: '' },
        abortMultipartUploadsTransition: { condition: { type: 'Age', maxAge: DAY_IN_SECONDS } },
      },
      ...(purpose === 'private' ? [expiringFeedback] : []),
    ],
  });
  return bucket;
}

/** R2 counts from the last write of an object, which is the day of the feedback. */
const expiringFeedback = {
  id: 'delete-old-feedback',
  enabled: true,
  conditions: { prefix: 'feedback/' },
  deleteObjectsTransition: { condition: { type: 'Age', maxAge: FEEDBACK_DAYS * DAY_IN_SECONDS } },
};

/** The values come from a stack's settings, which the compiler cannot check, and R2 reports errors late. */
function check({ purpose, accountId, bucketName, location }: BucketArgs): void {
  if (!/^[0-9a-f]{32}$/.test(accountId)) {
    throw new InfraError(
      'account-invalid',
      `The account id must be 32 lowercase hexadecimal digits, but is ${JSON.stringify(accountId)}. ` +
        'Copy it from the Cloudflare dashboard and run `pulumi config set accountId <id>`.',
    );
  }
  if (!/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/.test(bucketName)) {
    throw new InfraError(
      'bucket-name-invalid',
      `R2 refuses the bucket name ${JSON.stringify(bucketName)}: it takes 3 to 63 lowercase letters, digits and ` +
        `hyphens, with no hyphen first or last. Run \`pulumi config set ${purpose === 'releases' ? 'bucketName' : 'privateBucketName'} <name>\`.`,
    );
  }
  if (!R2_LOCATIONS.includes(location)) {
    throw new InfraError(
      'location-invalid',
      `R2 has no location ${JSON.stringify(location)}: choose one of ${R2_LOCATIONS.join(', ')}. ` +
        'Run `pulumi config set location <location>`.',
    );
  }
}
