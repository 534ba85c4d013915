/** Stock tfjs-layers on the same backend, which a Worker would use without Glimpse's runner. */
import { addConfig } from '@tensorflow/tfjs-backend-wasm/dist/kernels/Add.js';
import { concatConfig } from '@tensorflow/tfjs-backend-wasm/dist/kernels/Concat.js';
import { identityConfig } from '@tensorflow/tfjs-backend-wasm/dist/kernels/Identity.js';
import { sliceConfig } from '@tensorflow/tfjs-backend-wasm/dist/kernels/Slice.js';
import { io, registerKernel, tensor, tidy } from '@tensorflow/tfjs-core';
import { type LayersModel, loadLayersModel } from '@tensorflow/tfjs-layers';
import type { ReleaseFiles } from '../release-files.ts';
import type { Competitor } from './competitor.ts';

/** Kernels that only tfjs-layers uses, to split batches and to concatenate results. */
for (const kernel of [addConfig, concatConfig, identityConfig, sliceConfig]) registerKernel(kernel);

/** The backend must be running. */
export async function tfjsLayers({ modelJson, weightsBin }: ReleaseFiles): Promise<Competitor> {
  const { modelTopology, weightsManifest } = JSON.parse(modelJson) as io.ModelJSON;
  const weightSpecs = weightsManifest.flatMap(({ weights }) => weights);
  const model: LayersModel = await loadLayersModel(
    io.fromMemory({ modelTopology, weightSpecs, weightData: weightsBin }),
  );
  const inputShape = model.inputs[0]!.shape.slice(1) as number[];
  return {
    on: (images, count) => () =>
      tidy(() => {
        const scores = model.predict(tensor(images, [count, ...inputShape], 'float32'));
        return (Array.isArray(scores) ? scores[0]! : scores).dataSync() as Float32Array;
      }),
  };
}
