import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { before, describe, it } from 'node:test';
import pulumi from '@pulumi/pulumi';
import { createBucket } from './bucket.ts';
import { type BucketToken, createBucketToken, writeGroupId } from './bucket-token.ts';
import { PERMISSION_GROUPS, type Registration, resolved, runMocked, TOKEN_VALUE } from './mock-cloud.ts';

const accountId = '0123456789abcdef0123456789abcdef';

describe("the publisher's token", () => {
  let registrations: Registration[];
  let token: BucketToken;

  before(async () => {
    ({ result: token, registrations } = await runMocked(() => {
      const bucket = createBucket({ purpose: 'releases', accountId, bucketName: 'glimpse-releases', location: 'weur' });
      return createBucketToken({ holder: 'publisher', accountId, bucket });
    }));
  });

  it('may read and write objects of this one bucket, and nothing else', () => {
    const { type, inputs } = registrations.find(({ name }) => name === 'publisher')!;
    assert.equal(type, 'cloudflare:index/accountToken:AccountToken');
    assert.deepEqual(inputs, {
      accountId,
      name: 'publisher of glimpse-releases',
      policies: [
        {
          effect: 'allow',
          permissionGroups: [{ id: 'group-write' }],
          resources: `{"com.cloudflare.edge.r2.bucket.${accountId}_default_glimpse-releases":"*"}`,
        },
      ],
    });
  });

  it("gives R2's S3 credentials: the token's id, and the SHA-256 of its value", async () => {
    assert.equal(await resolved(token.accessKeyId), 'publisher-id');
    const hash = createHash('sha256').update(TOKEN_VALUE).digest('hex');
    assert.equal(await resolved(token.secretAccessKey), hash);
  });

  it('keeps both secret', async () => {
    assert.equal(await pulumi.isSecret(token.accessKeyId), true);
    assert.equal(await pulumi.isSecret(token.secretAccessKey), true);
  });

  it('says what to check where the account offers no such permission group', () => {
    const others = PERMISSION_GROUPS.filter(({ id }) => id !== 'group-write');
    assert.throws(() => writeGroupId(others), {
      code: 'permission-group-missing',
      message: /None of the 1 permission groups.*"Workers R2 Storage Bucket Item Write".*R2 is enabled/,
    });
  });
});
