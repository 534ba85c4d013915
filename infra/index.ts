/** The Pulumi program: reads the stack's settings, builds the resources, exports what a publisher needs to sign in. */

import pulumi from '@pulumi/pulumi';
import { createBucket, type R2Location } from './src/bucket.ts';
import { createBucketToken } from './src/bucket-token.ts';

const config = new pulumi.Config();
const accountId = config.require('accountId');

const location = config.require<R2Location>('location');

const bucket = createBucket({
  purpose: 'releases',
  accountId,
  bucketName: config.get('bucketName') ?? 'glimpse-releases',
  location,
});

/** Of keys and feedback: another bucket, as the first one may be made public. */
const privateBucket = createBucket({
  purpose: 'private',
  accountId,
  bucketName: config.get('privateBucketName') ?? 'glimpse-private',
  location,
});

export const bucketName = bucket.name;
export const { accessKeyId, secretAccessKey } = createBucketToken({ holder: 'publisher', accountId, bucket });

export const privateBucketName = privateBucket.name;
export const { accessKeyId: privateAccessKeyId, secretAccessKey: privateSecretAccessKey } = createBucketToken({
  holder: 'keeper',
  accountId,
  bucket: privateBucket,
});
