/** A Worker for tests that run parts of the product in workerd without the API: one scenario per path. */

import notTfjs from '@jsquash/webp/codec/dec/webp_dec.wasm';
import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm';
import { tensor } from '@tensorflow/tfjs-core';
import { loadRelease } from '../../../edge/src/model/load-release.ts';
import { ModelCache } from '../../../edge/src/model/model-cache.ts';
import { WorkQueue } from '../../../edge/src/model/queue.ts';
import { isFatalBackendError, Runtime } from '../../../edge/src/model/runtime/runtime.ts';
import { SingleFlight } from '../../../edge/src/model/single-flight.ts';
import { runLayerCases } from '../layers/run-layer-cases.ts';
import { testRelease } from '../release.ts';

const MiB = 1024 * 1024;

/** Shared by all requests, as in the real Worker. */
const task = new SingleFlight<string>({ patienceMs: 300, onFailure() {} });
const queue = new WorkQueue({ maxWaiting: 5, leaseMs: 300 });
const never = () => new Promise<never>(() => {});

const scenarios: Record<string, () => Promise<unknown>> = {
  async wasm() {
    return withRuntime(new Runtime({ simd, maxBytes: 64 * MiB }), async (runtime) => {
      const outputs = runLayerCases();
      return { backend: runtime.backend, outputs, tensors: runtime.tensors };
    });
  },

  async cpu() {
    return withRuntime(new Runtime({ simd: notTfjs, maxBytes: 64 * MiB }), async (runtime) => {
      const outputs = runLayerCases();
      return { backend: runtime.backend, outputs, tensors: runtime.tensors };
    });
  },

  async exhausted() {
    return withRuntime(new Runtime({ simd, maxBytes: 20 * MiB }), async (runtime) => {
      const before = runLayerCases();
      let message = '';
      let broken = false;
      try {
        for (;;) tensor(new Float32Array(MiB / 4));
      } catch (error) {
        message = (error as Error).message;
        broken = isFatalBackendError(error);
      }
      runtime.discard();
      await runtime.start();
      const after = runLayerCases();
      return { message, broken, same: JSON.stringify(before) === JSON.stringify(after), tensors: runtime.tensors };
    });
  },

  async swap() {
    return withRuntime(new Runtime({ simd, maxBytes: 64 * MiB }), async (runtime) => {
      const cache = new ModelCache(runtime);
      const [old, next] = [await release(1), await release(2)];
      await cache.add(old, new Set());
      const alone = runtime.tensors;
      const lease = cache.lease('cifar10', old.manifest.version)!;
      const answer = () => [...lease.classifier!.classify(new Uint8Array(3072).fill(128))];
      const before = answer();
      await cache.add(next, new Set([old.manifest.version]));
      const both = runtime.tensors;
      cache.retain('cifar10', new Set([next.manifest.version]));
      const during = answer();
      const stillLeased = runtime.tensors;
      const leasedAgain = cache.lease('cifar10', old.manifest.version) !== undefined;
      lease.release();
      lease.release();
      const after = runtime.tensors;
      cache.retain('cifar10', new Set());
      return { alone, both, stillLeased, after, none: runtime.tensors, before, during, leasedAgain };
    });
  },

  // workerd ends a request that never settles: code after the `await` does not run, not even a `finally`.
  'lose-task': () => task.run(never, { waitUntil() {} }),
  'join-task': () => task.run(async () => 'done by another', { waitUntil() {} }),
  'lose-turn': () => queue.run(never),
  'take-turn': () => queue.run(() => 'done by another'),

  async capacity() {
    return withRuntime(new Runtime({ simd, maxBytes: 64 * MiB }), async (runtime) => {
      const cache = new ModelCache(runtime);
      const releases = [await release(1), await release(2), await release(3), await release(4)];
      const there = () => releases.map(({ manifest }) => cache.has('cifar10', manifest.version));
      const [a, b, c, d] = releases;
      await cache.add(a!, new Set());
      const alone = runtime.tensors;
      await cache.add(b!, new Set());
      // Used last, so that the other one would be evicted; but that one is protected.
      cache.lease('cifar10', a!.manifest.version)!.release();
      await cache.add(c!, new Set([b!.manifest.version]));
      const spared = there();
      await cache.add(d!, new Set());
      const leastRecent = there();
      const both = new Set([c!.manifest.version, d!.manifest.version]);
      const refused = await cache.add(a!, both).then(
        () => 'no',
        (error: { code: string }) => error.code,
      );
      const tensors = runtime.tensors;
      const leases = [c!, d!].map(({ manifest }) => cache.lease('cifar10', manifest.version)!);
      const adding = cache.add(a!, new Set([d!.manifest.version]));
      await new Promise((resolve) => setTimeout(resolve, 50));
      const whileUsed = { there: there(), classes: leases[0]!.classifier!.classify(new Uint8Array(3072)).length };
      leases[0]!.release();
      await adding;
      const afterwards = there();
      leases[1]!.release();
      return { alone, tensors, spared, leastRecent, refused, whileUsed, afterwards, atLast: runtime.tensors };
    });
  },
};

/** Loads a release as the product does, from a store in memory. */
async function release(seed: number) {
  const { objects, version } = await testRelease({ seed });
  const store = { get: async (key: string) => ({ bytes: objects.get(key)!, etag: '' }) };
  return loadRelease(store, 'cifar10', version, { keys: '', floors: new Map() });
}

export default {
  async fetch(request) {
    const scenario = scenarios[new URL(request.url).pathname.slice(1)];
    return scenario ? Response.json(await scenario()) : new Response(null, { status: 404 });
  },
} satisfies ExportedHandler;

/** tfjs has one engine per isolate: each scenario leaves it empty. */
async function withRuntime<T>(runtime: Runtime, use: (runtime: Runtime) => Promise<T>): Promise<T> {
  await runtime.start();
  try {
    return await use(runtime);
  } finally {
    runtime.discard();
  }
}
