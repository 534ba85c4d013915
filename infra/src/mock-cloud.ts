/** The cloud as the tests see it: Pulumi's mocks answer, and each registration is kept as the engine would get it. */

import { mock } from 'node:test';
import pulumi from '@pulumi/pulumi';
import { MockMonitor } from '@pulumi/pulumi/runtime/mocks.js';

export interface Registration {
  type: string;
  name: string;
  inputs: Record<string, unknown>;
  protect: boolean;
}

export const TOKEN_VALUE = 'the-value-of-the-token';

export const PERMISSION_GROUPS = [
  { id: 'group-read', name: 'Workers R2 Storage Bucket Item Read', scopes: ['com.cloudflare.edge.r2.bucket'] },
  { id: 'group-write', name: 'Workers R2 Storage Bucket Item Write', scopes: ['com.cloudflare.edge.r2.bucket'] },
];

/** Runs a program against the mocks until all is registered. Once per process: Pulumi disconnects after it. */
export async function runMocked<T>(
  program: () => T | Promise<T>,
): Promise<{ result: T; registrations: Registration[] }> {
  const registrations: Registration[] = [];
  const protectedNames = new Set<string>();

  // A mock is told a resource's properties but not its options; those are in the request alone.
  const { registerResource } = MockMonitor.prototype;
  mock.method(
    MockMonitor.prototype,
    'registerResource',
    function (this: MockMonitor, ...[request, callback]: Parameters<typeof registerResource>) {
      if (request.getProtect()) protectedNames.add(request.getName());
      return registerResource.call(this, request, callback);
    },
  );

  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        registrations.push({ type, name, inputs, protect: protectedNames.has(name) });
        return { id: `${name}-id`, state: { ...inputs, ...computed[type] } };
      },
      call: ({ token, inputs }) => {
        if (token !== GROUPS_LIST) throw new Error(`No mock answers ${token}.`);
        return { ...inputs, results: PERMISSION_GROUPS };
      },
    },
    'glimpse',
    'test',
  );
  const result = await program();
  await pulumi.runtime.disconnect();
  return { result, registrations };
}

const GROUPS_LIST = 'cloudflare:index/getAccountApiTokenPermissionGroupsList:getAccountApiTokenPermissionGroupsList';

/** What the provider adds to a resource's inputs. */
const computed: Record<string, Record<string, unknown>> = {
  'cloudflare:index/r2Bucket:R2Bucket': { jurisdiction: 'default' },
  'cloudflare:index/accountToken:AccountToken': { value: TOKEN_VALUE },
};

export function resolved<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => output.apply(resolve));
}
