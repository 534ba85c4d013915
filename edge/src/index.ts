/** The Worker. */
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
    const answered = Promise.resolve(app.fetch(request, env, context));
    // When a client leaves, the runtime ends its request where it stands, without any `finally`: what it holds of the
    // byte budget, the queue and the networks would never come back. This lets it run to its end.
    context.waitUntil(answered.catch(() => {}));
    return answered;
  },
} satisfies ExportedHandler<Record<string, unknown>>;
