/** inference.ts in a Worker. `POST /open` uploads the release and the images for `GET /scores` and `GET /time`. */
import simd from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm';
import onnxruntime from 'onnxruntime-web/ort-wasm-simd-threaded.wasm';
import { type Inference, openInference } from './inference.ts';

let inference: Inference | undefined;

export default {
  async fetch(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    const number = (name: string) => Number(searchParams.get(name));
    if (pathname === '/open') {
      const form = await request.formData();
      const file = (name: string) => (form.get(name) as File).arrayBuffer();
      inference = await openInference({
        release: {
          modelJson: await (form.get('model.json') as File).text(),
          weightsBin: await file('weights.bin'),
          onnx: await file('onnx'),
        },
        inputShape: JSON.parse(form.get('inputShape') as string),
        images: new Float32Array(await file('images')),
        wasm: { simd, onnxruntime },
      });
      return Response.json({});
    }
    if (!inference) return new Response('POST /open comes first.', { status: 409 });
    if (pathname === '/scores') return Response.json(await inference.scores(number('count')));
    return Response.json(
      await inference.time(number('count'), {
        rounds: number('rounds'),
        slotMs: number('slotMs'),
        warmUpMs: number('warmUpMs'),
      }),
    );
  },
};
