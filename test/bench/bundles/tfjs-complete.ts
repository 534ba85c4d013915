/** Measured by size only, never run: a Worker that imports all of tfjs, as documented, with every WASM kernel. */
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs';
import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm';

export default {
  async fetch(request: Request): Promise<Response> {
    await tf.setBackend('wasm');
    const model = await tf.loadLayersModel(request.url);
    const scores = model.predict(tf.zeros([1, 32, 32, 3])) as tf.Tensor;
    return Response.json({ scores: [...scores.dataSync()], simd: WebAssembly.Module.exports(simd).length });
  },
};
