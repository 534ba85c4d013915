/** Measured by size only, never run: a Worker with onnxruntime-web, without a model. */
import module from 'onnxruntime-web/ort-wasm-simd-threaded.wasm';
import { onnxruntimeWeb } from '../competitors/onnxruntime-web.ts';

export default {
  async fetch(request: Request): Promise<Response> {
    const release = { modelJson: '', weightsBin: new ArrayBuffer(), onnx: await request.arrayBuffer() };
    const { on } = await onnxruntimeWeb(release, { inputShape: [32, 32, 3], module });
    return Response.json([...(await on(new Float32Array(3072), 1)())]);
  },
};
