import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { before, describe, it } from 'node:test';
import { createBucket, type R2Location } from './bucket.ts';
import type { InfraError } from './infra-error.ts';
import { type Registration, runMocked } from './mock-cloud.ts';

const args = {
  purpose: 'releases',
  accountId: '0123456789abcdef0123456789abcdef',
  bucketName: 'glimpse-releases',
  location: 'weur',
} as const;

describe('the releases bucket', () => {
  let registrations: Registration[];

  before(async () => {
    ({ registrations } = await runMocked(() => createBucket(args)));
  });

  const registered = (name: string) => registrations.find((registration) => registration.name === name);

  it('is an R2 bucket of the given account, name and location', () => {
    const bucket = registered('releases');
    assert.equal(bucket?.type, 'cloudflare:index/r2Bucket:R2Bucket');
    assert.deepEqual(bucket.inputs, { accountId: args.accountId, name: 'glimpse-releases', location: 'weur' });
  });

  it('cannot be destroyed', () => {
    assert.equal(registered('releases')?.protect, true);
  });

  it('aborts uploads left incomplete for a day, and expires nothing else', () => {
    assert.deepEqual(registered('releases-lifecycle')?.inputs, {
      accountId: args.accountId,
      bucketName: 'glimpse-releases',
      rules: [
        {
          id: 'abort-incomplete-uploads',
          enabled: true,
          conditions: { prefix: '' },
          abortMultipartUploadsTransition: { condition: { type: 'Age', maxAge: 86_400 } },
        },
      ],
    });
  });

  it('of keys and feedback is another one of the same kind', async () => {
    const { registrations: others } = await runMocked(() =>
      createBucket({ ...args, purpose: 'private', bucketName: 'glimpse-private' }),
    );
    assert.deepEqual(
      others.map(({ name, protect, inputs }) => [name, protect, inputs.name ?? inputs.bucketName]),
      [
        ['private', true, 'glimpse-private'],
        ['private-lifecycle', false, 'glimpse-private'],
      ],
    );
  });

  it('of keys and feedback loses feedback after as many days as are promised, and no keys', async () => {
    const { registrations: others } = await runMocked(() =>
      createBucket({ ...args, purpose: 'private', bucketName: 'glimpse-private' }),
    );
    const { rules } = others.find(({ name }) => name === 'private-lifecycle')!.inputs as { rules: unknown[] };
    const text = await readFile(new URL('../../docs/feedback.md', import.meta.url), 'utf8');
    const days = Number(/It is kept for (\d+) days/.exec(text)?.[1]);
    assert.deepEqual(rules.slice(1), [
      {
        id: 'delete-old-feedback',
        enabled: true,
        conditions: { prefix: 'feedback/' },
        deleteObjectsTransition: { condition: { type: 'Age', maxAge: days * 86_400 } },
      },
    ]);
  });

  it('registers these two resources and no other', () => {
    assert.deepEqual(
      registrations.map(({ name }) => name),
      ['releases', 'releases-lifecycle'],
    );
  });
});

describe('arguments that R2 would refuse', () => {
  const refused = (change: Partial<Record<keyof typeof args, string>>, code: InfraError['code'], message: RegExp) =>
    assert.throws(() => createBucket({ ...args, ...change } as { location: R2Location } & typeof args), {
      name: 'InfraError',
      code,
      message,
    });

  for (const accountId of ['', 'my-account', '0123456789ABCDEF0123456789ABCDEF', ` ${args.accountId}`]) {
    it(`account id ${JSON.stringify(accountId)}`, () => {
      refused({ accountId }, 'account-invalid', /32 lowercase hexadecimal digits.*pulumi config set accountId/);
    });
  }

  for (const bucketName of [
    '',
    'ab',
    'a'.repeat(64),
    'Releases',
    'my_releases',
    'my.releases',
    '-releases',
    'releases-',
    'releases\n',
  ]) {
    it(`bucket name ${JSON.stringify(bucketName)}`, () => {
      refused({ bucketName }, 'bucket-name-invalid', /3 to 63 lowercase letters.*pulumi config set bucketName/);
    });
  }

  for (const location of ['', 'WEUR', 'eu']) {
    it(`location ${JSON.stringify(location)}`, () => {
      refused({ location }, 'location-invalid', /apac, eeur, enam, oc, weur, wnam.*pulumi config set location/);
    });
  }

  it('but takes the shortest and the longest name', () => {
    for (const bucketName of ['a-1', 'a'.repeat(63)]) {
      assert.doesNotThrow(() => createBucket({ ...args, bucketName }));
    }
  });
});
