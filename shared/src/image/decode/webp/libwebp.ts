/** libwebp, as packaged by @jsquash/webp. Its glue code is 35 KB, so `webp-decoder.ts` imports this file on first use. */
import createLibwebp from '@jsquash/webp/codec/dec/webp_dec.js';
import type { RgbaImage } from '../../area-average/area-average.ts';
import { CodecCrash, CodecError, CodecMemoryError, keepInstance } from '../codec-instance.ts';
import { MAX_CODEC_BYTES } from './limits.ts';

/** The part of emscripten's factory that we use. The package's own declaration depends on a global type that it does not define. */
const instantiate = createLibwebp as unknown as (options: {
  instantiateWasm(imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void): WebAssembly.Exports;
}) => Promise<{ decode(bytes: Uint8Array): object | null }>;

interface Libwebp {
  /** Calls `use` with the decoded image. @throws {CodecError} */
  decode(bytes: Uint8Array, use: (image: RgbaImage) => void): void;
}

/** @returns a function that decodes an image, which is valid only during `use`. Throws a CodecError if the bytes do not decode */
export function libwebp(module: WebAssembly.Module) {
  const withCodec = keepInstance(() => create(module));

  return <Result>(bytes: Uint8Array, use: (image: RgbaImage) => Result): Promise<Result> =>
    withCodec(({ decode }) => {
      let outcome: { result: Result } | { error: unknown } | undefined;
      decode(bytes, (image) => {
        // An error must not pass through the codec, which would not free the image.
        try {
          outcome = { result: use(image) };
        } catch (error) {
          outcome = { error };
        }
      });
      if (!outcome) throw new CodecCrash('the codec returned no pixels');
      if ('error' in outcome) throw outcome.error;
      return outcome.result;
    });
}

async function create(module: WebAssembly.Module): Promise<Libwebp> {
  const heap: BoundedHeap = { refused: 0 };
  const codec = await instantiate({
    // Uses the compiled module: Workers forbid compiling, and the glue code would fetch it.
    instantiateWasm(imports, done) {
      boundHeap(imports, heap);
      const instance = new WebAssembly.Instance(module, imports);
      clampGrowth(instance);
      done(instance);
      return instance.exports;
    },
  });
  return {
    decode(bytes, use) {
      heap.refused = 0;
      let image: object | null;
      try {
        image = withoutCopy(use, () => codec.decode(bytes));
      } catch (cause) {
        // The message is emscripten's and does not describe the file.
        throw new CodecCrash(cause instanceof Error ? cause.message : 'the codec gave up', { cause });
      }
      if (image) return;
      throw heap.refused > 0
        ? new CodecMemoryError(MAX_CODEC_BYTES, heap.refused)
        : new CodecError('the codec returned nothing');
    },
  };
}

interface BoundedHeap {
  /** Size of the memory that was refused first; 0 if none was refused. */
  refused: number;
}

/** emscripten's `emscripten_resize_heap`, by its name in the compiled module. Its caller is malloc, which then returns null. */
const RESIZE_HEAP = 'p';

function boundHeap(imports: WebAssembly.Imports, heap: BoundedHeap): void {
  const functions = Object.values(imports)[0] as Record<string, unknown> | undefined;
  const resize = functions?.[RESIZE_HEAP];
  if (!functions || typeof resize !== 'function') throw wrongModule();
  functions[RESIZE_HEAP] = (requested: number) => {
    const bytes = requested >>> 0;
    if (bytes <= MAX_CODEC_BYTES) return resize(requested);
    heap.refused ||= bytes;
    return 0;
  };
}

/** The glue code grows the memory by a fifth more than requested: up to the limit is enough. */
function clampGrowth({ exports }: WebAssembly.Instance): void {
  // Found by type, because the exports have no stable names.
  const memory = Object.values(exports).find((each) => each instanceof WebAssembly.Memory);
  if (!memory) throw wrongModule();
  const pageBytes = 2 ** 16;
  memory.grow = (pages) => {
    const spare = Math.floor((MAX_CODEC_BYTES - memory.buffer.byteLength) / pageBytes);
    return WebAssembly.Memory.prototype.grow.call(memory, Math.min(pages, spare));
  };
}

function wrongModule(): Error {
  return new Error('this is not the WebP codec; pass the module @jsquash/webp/codec/dec/webp_dec.wasm');
}

/**
 * The binding returns `new ImageData(new Uint8ClampedArray(pixels), width, height)`, which copies the whole image out of the
 * codec's memory. Looking up these names in the global scope, it finds ours, which use the pixels in place.
 */
function withoutCopy<Result>(use: (image: RgbaImage) => void, call: () => Result): Result {
  const scope = globalThis as Record<string, unknown>;
  current = use;
  const replaced = Object.entries(bindingGlobals).map(([name, value]) => {
    const before = Object.getOwnPropertyDescriptor(scope, name);
    Object.defineProperty(scope, name, { value, configurable: true, writable: true });
    return { name, before };
  });
  try {
    return call();
  } finally {
    for (const { name, before } of replaced) {
      if (before) Object.defineProperty(scope, name, before);
      else delete scope[name];
    }
    current = undefined;
  }
}

let current: ((image: RgbaImage) => void) | undefined;

/** Functions that can be called with `new`. The binding keeps the ones that it found first, so they are shared by all calls. */
const bindingGlobals = { Uint8ClampedArray: pixelsInPlace, ImageData: takeImage };

function pixelsInPlace(pixels: Uint8Array): Uint8Array {
  return pixels;
}

function takeImage(data: Uint8Array, width: number, height: number): void {
  current?.({ data, width, height });
}
