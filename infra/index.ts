/** The Pulumi program: reads the stack's settings, builds the resources, exports what a publisher needs to sign in. */

import pulumi from '@pulumi/pulumi';
import { createPublisherToken } from './src/publisher-token.ts';
import { createReleasesBucket, type R2Location } from './src/releases-bucket.ts';

const config = new pulumi.Config();
const accountId = config.require('accountId');

const bucket = createReleasesBucket({
  accountId,
  bucketName: config.get('bucketName') ?? 'glimpse-releases',
  location: config.require<R2Location>('location'),
});

export const bucketName = bucket.name;
export const { accessKeyId, secretAccessKey } = createPublisherToken({ accountId, bucket });
