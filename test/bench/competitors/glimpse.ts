/** Our network runner on the backend that the Worker registers. */
import { limitsSchema } from '@glimpse/shared/api/limits';
import { readModelFile } from '@glimpse/shared/model/network/model-file';
import { Network } from '@glimpse/shared/model/network/network';
import { Runtime } from '../../../edge/src/model/runtime/runtime.ts';
import type { ReleaseFiles } from '../release-files.ts';
import type { Competitor } from './competitor.ts';

/** @param simd compiled `@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm` */
export async function glimpse(release: ReleaseFiles, simd: WebAssembly.Module): Promise<Competitor> {
  const maxBytes = limitsSchema.parse({}).MAX_RUNTIME_BYTES;
  const backend = await new Runtime({ simd, maxBytes }).start();
  if (backend.name !== 'wasm') throw new Error(backend.reason);
  const network = Network.fromFiles(
    readModelFile(release.modelJson),
    new Map([['weights.bin', new Uint8Array(release.weightsBin)]]),
  );
  return { on: (images) => () => network.predict(images) };
}
