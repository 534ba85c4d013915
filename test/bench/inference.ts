/**
 * Runs the competitors side by side in a Worker (inference-worker.ts) and in Node (inference-thread.ts). It is bundled for
 * both, because Node cannot import the Worker's backend directly.
 */
import { type Competitor, type ContestantName, contestantNames } from './competitors/competitor.ts';
import { glimpse } from './competitors/glimpse.ts';
import { onnxruntimeWeb } from './competitors/onnxruntime-web.ts';
import { tfjsLayers } from './competitors/tfjs-layers.ts';
import { type InterleaveOptions, interleave, type Samples } from './measure.ts';
import type { ReleaseFiles } from './release-files.ts';

export interface InferenceOptions {
  readonly release: ReleaseFiles;
  /** [height, width, channels] of an image. */
  readonly inputShape: readonly [number, number, number];
  /** [count, height, width, channels], normalized. */
  readonly images: Float32Array;
  /** Compiled modules of tfjs' backend, and of onnxruntime-web if it cannot compile its own file. */
  readonly wasm: { readonly simd: WebAssembly.Module; readonly onnxruntime?: WebAssembly.Module };
}

export type TimingOptions = Omit<InterleaveOptions, 'now'>;

export interface Inference {
  /** Each competitor's probabilities for the first `count` images. */
  scores(count: number): Promise<Samples<ContestantName>>;
  /** Milliseconds for a batch of the first `count` images. */
  time(count: number, options: TimingOptions): Promise<Samples<ContestantName>>;
}

export async function openInference({ release, inputShape, images, wasm }: InferenceOptions): Promise<Inference> {
  const competitors: Record<ContestantName, Competitor> = {
    // Must come first, because it starts the backend that the second uses.
    glimpse: await glimpse(release, wasm.simd),
    'tfjs-layers': await tfjsLayers(release),
    'onnxruntime-web': await onnxruntimeWeb(release, { inputShape, module: wasm.onnxruntime }),
  };
  const size = inputShape.reduce((product, length) => product * length, 1);
  const predictions = (count: number) => {
    const batch = images.slice(0, count * size);
    return contestantNames.map((name) => [name, competitors[name].on(batch, count)] as const);
  };
  return {
    async scores(count) {
      const scores = predictions(count).map(async ([name, predict]) => [name, [...(await predict())]] as const);
      return Object.fromEntries(await Promise.all(scores)) as Samples<ContestantName>;
    },
    time: (count, options) =>
      interleave(Object.fromEntries(predictions(count)) as Record<ContestantName, () => unknown>, {
        ...options,
        now: () => performance.now(),
      }),
  };
}
