/** Entry point of the Worker. */
import webp from '@jsquash/webp/codec/dec/webp_dec.wasm';
import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm';
import { createApp } from './app.ts';
import { createState, type Isolate } from './isolate.ts';

let isolate: Isolate | undefined;

export { QuotaObject } from './access/quota-object.ts';

const app = createApp((env) => {
  isolate ??= createState(env, { simd, webp });
  return isolate;
});

export default {
  fetch(request, env, context) {
    const response = Promise.resolve(app.fetch(request, env, context));
    // When a client disconnects, the runtime stops its request without running any `finally`, so its share of the byte budget,
    // the queue and the networks would never be released. `waitUntil` lets the request finish.
    context.waitUntil(response.catch(() => {}));
    return response;
  },
} satisfies ExportedHandler<Record<string, unknown>>;
