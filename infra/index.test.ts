import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import pulumi from '@pulumi/pulumi';
import { type Registration, resolved, runMocked } from './src/mock-cloud.ts';

describe('the Pulumi program', () => {
  let registrations: Registration[];
  let outputs: typeof import('./index.ts');

  before(async () => {
    pulumi.runtime.setAllConfig({
      'glimpse:accountId': '0123456789abcdef0123456789abcdef',
      'glimpse:location': 'enam',
    });
    ({ result: outputs, registrations } = await runMocked(() => import('./index.ts')));
  });

  it('builds the buckets, their lifecycles and tokens from the settings, the names by default', () => {
    assert.deepEqual(registrations.map(({ name }) => name).sort(), [
      'keeper',
      'private',
      'private-lifecycle',
      'publisher',
      'releases',
      'releases-lifecycle',
    ]);
    const { inputs } = registrations.find(({ name }) => name === 'releases')!;
    assert.deepEqual(inputs, {
      accountId: '0123456789abcdef0123456789abcdef',
      name: 'glimpse-releases',
      location: 'enam',
    });
  });

  it('exports what a publisher needs, the key as secrets', async () => {
    assert.deepEqual(Object.keys(outputs), [
      'accessKeyId',
      'bucketName',
      'privateAccessKeyId',
      'privateBucketName',
      'privateSecretAccessKey',
      'secretAccessKey',
    ]);
    assert.equal(await resolved(outputs.bucketName), 'glimpse-releases');
    assert.equal(await pulumi.isSecret(outputs.accessKeyId), true);
    assert.equal(await pulumi.isSecret(outputs.secretAccessKey), true);
    assert.equal(await resolved(outputs.privateBucketName), 'glimpse-private');
    assert.equal(await pulumi.isSecret(outputs.privateAccessKeyId), true);
    assert.equal(await pulumi.isSecret(outputs.privateSecretAccessKey), true);
  });
});
