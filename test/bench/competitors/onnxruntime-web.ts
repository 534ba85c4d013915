/** onnxruntime-web: WASM with SIMD, one thread, every graph optimization on. */
import { env, InferenceSession, Tensor } from 'onnxruntime-web/wasm';
import { toChannelsFirst } from '../onnx-export.ts';
import type { ReleaseFiles } from '../release-files.ts';
import type { Competitor } from './competitor.ts';

export interface OnnxruntimeOptions {
  /** [height, width, channels] of an image. */
  readonly inputShape: readonly [number, number, number];
  /**
   * Compiled `onnxruntime-web/ort-wasm-simd-threaded.wasm`, for runtimes that cannot compile bytes, such as workerd. By
   * default, the package loads its own file.
   */
  readonly module?: WebAssembly.Module | undefined;
}

export async function onnxruntimeWeb(release: ReleaseFiles, options: OnnxruntimeOptions): Promise<Competitor> {
  env.wasm.numThreads = 1;
  env.wasm.proxy = false;
  if (options.module) handOver(options.module);
  const session = await InferenceSession.create(new Uint8Array(release.onnx), {
    executionProviders: ['wasm'],
    graphOptimizationLevel: 'all',
  });
  const [input, output] = [session.inputNames[0]!, session.outputNames[0]!];
  const [height, width, channels] = options.inputShape;
  return {
    on(images, count) {
      const planes = toChannelsFirst(images, options.inputShape);
      return async () => {
        const x = new Tensor('float32', planes, [count, channels, height, width]);
        return (await session.run({ [input]: x }))[output]!.data as Float32Array;
      };
    },
  };
}

/** The package does not accept a compiled module, so every `WebAssembly.instantiate` returns this one. */
function handOver(module: WebAssembly.Module): void {
  env.wasm.wasmBinary = new ArrayBuffer(8);
  WebAssembly.instantiate = (async (_: unknown, imports: WebAssembly.Imports) => ({
    module,
    instance: new WebAssembly.Instance(module, imports),
  })) as unknown as typeof WebAssembly.instantiate;
}
