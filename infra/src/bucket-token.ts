/**
 * A key that reads and writes one bucket, and nothing else in the account: the publisher's for releases, the keeper's for keys
 * and feedback.
 * R2's S3 API takes an API token in this form: the access key id is the token's id, the secret access key is the
 * SHA-256 of the token's value, in hexadecimal (https://developers.cloudflare.com/r2/api/tokens/).
 */

import { createHash } from 'node:crypto';
import cloudflare from '@pulumi/cloudflare';
import pulumi from '@pulumi/pulumi';
import { InfraError } from './infra-error.ts';

/** The narrowest group that can publish. It also reads, lists and deletes objects: R2 has none that only adds. */
const PERMISSION_GROUP = 'Workers R2 Storage Bucket Item Write';

export interface BucketTokenArgs {
  /** Whose it is: what Pulumi calls it. */
  holder: 'publisher' | 'keeper';
  /** A plain string, not the bucket's output, so that a preview already looks the permission group up. */
  accountId: string;
  bucket: cloudflare.R2Bucket;
}

export interface BucketToken {
  accessKeyId: pulumi.Output<string>;
  secretAccessKey: pulumi.Output<string>;
}

/** Both are secrets. Fails with {@link InfraError} `permission-group-missing` if the account has no such group. */
export function createBucketToken({ holder, accountId, bucket }: BucketTokenArgs): BucketToken {
  // Unfiltered: the API wants a filter's value URL-encoded, and a name with spaces is where such rules go wrong.
  const groups = cloudflare.getAccountApiTokenPermissionGroupsListOutput({ accountId });
  const token = new cloudflare.AccountToken(holder, {
    accountId,
    name: pulumi.interpolate`${holder} of ${bucket.name}`,
    policies: [
      {
        effect: 'allow',
        permissionGroups: [{ id: groups.results.apply(writeGroupId) }],
        resources: pulumi.jsonStringify(
          pulumi.all([bucket.jurisdiction, bucket.name]).apply(([jurisdiction, name]) => ({
            [`com.cloudflare.edge.r2.bucket.${accountId}_${jurisdiction}_${name}`]: '*',
          })),
        ),
      },
    ],
  });
  return {
    accessKeyId: pulumi.secret(token.id),
    // The provider already marks the value; marking the hash too keeps it secret whatever a later provider does.
    secretAccessKey: pulumi.secret(token.value.apply((value) => createHash('sha256').update(value).digest('hex'))),
  };
}

/** The id of the group that the token needs. Ids are looked up, as Cloudflare documents names and promises no ids. */
export function writeGroupId(groups: readonly { id: string; name: string }[]): string {
  const group = groups.find(({ name }) => name === PERMISSION_GROUP);
  if (!group) {
    throw new InfraError(
      'permission-group-missing',
      `None of the ${groups.length} permission groups that Cloudflare lists is named "${PERMISSION_GROUP}". ` +
        'Check that R2 is enabled on the account, and that CLOUDFLARE_API_TOKEN may edit account API tokens.',
    );
  }
  return group.id;
}
