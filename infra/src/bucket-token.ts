/**
 * A token that reads and writes one bucket and nothing else: the publisher's for releases, the keeper's for keys and feedback.
 * For R2's S3 API, the access key id is the token's id, and the secret access key is the SHA-256 of the token's value in
 * hexadecimal (https://developers.cloudflare.com/r2/api/tokens/).
 */

import { createHash } from 'node:crypto';
import cloudflare from '@pulumi/cloudflare';
import pulumi from '@pulumi/pulumi';
import { InfraError } from './infra-error.ts';

/** The narrowest permission group that can publish. It can also read, list and delete objects: R2 has no narrower one. */
const PERMISSION_GROUP = 'Workers R2 Storage Bucket Item Write';

export interface BucketTokenArgs {
  /** The token's user, and its name in Pulumi. */
  holder: 'publisher' | 'keeper';
  /** A plain string instead of the bucket's output, so that a preview looks up the permission group too. */
  accountId: string;
  bucket: cloudflare.R2Bucket;
}

export interface BucketToken {
  accessKeyId: pulumi.Output<string>;
  secretAccessKey: pulumi.Output<string>;
}

/** Both are secrets. Fails with {@link InfraError} `permission-group-missing` if the account has no such group. */
export function createBucketToken({ holder, accountId, bucket }: BucketTokenArgs): BucketToken {
  // Unfiltered: the API requires the filter's value URL-encoded, which is error-prone for a name with spaces.
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
    // The provider marks the value as secret; the hash must be secret even if a later provider does not.
    secretAccessKey: pulumi.secret(token.value.apply((value) => createHash('sha256').update(value).digest('hex'))),
  };
}

/** The id of the permission group. It is looked up, because Cloudflare documents the names and not the ids. */
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
