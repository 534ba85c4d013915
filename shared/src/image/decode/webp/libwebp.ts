/** libwebp, as packaged by @jsquash/webp. Its glue code is 35 KB, so `webp-decoder.ts` imports this file on first use. */
import createLibwebp from '@jsquash/webp/codec/dec/webp_dec.js';
import type { RgbaImage } from '../../area-average/area-average.ts';
import { type Codec, CodecError, keepInstance } from '../codec-instance.ts';

/** The part of emscripten's factory that we use. The package's own declaration depends on a global type that it does not define. */
const instantiate = createLibwebp as unknown as (options: {
  instantiateWasm(imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void): WebAssembly.Exports;
}) => Promise<{ decode(bytes: Uint8Array): DecodedImage | null }>;

/** An ImageData, or the glue code's substitute for it. */
interface DecodedImage extends RgbaImage {
  readonly data: Uint8ClampedArray<ArrayBuffer>;
}

interface Libwebp extends Codec {
  decode(bytes: Uint8Array): DecodedImage | null;
}

/** @returns a function that decodes an image, which is valid only during `use`. Throws a CodecError if the bytes do not decode */
export function libwebp(module: WebAssembly.Module) {
  const withCodec = keepInstance(() => create(module));

  return <Result>(bytes: Uint8Array, use: (image: RgbaImage) => Result): Promise<Result> =>
    withCodec(({ decode }) => {
      let image: DecodedImage | null;
      try {
        image = decode(bytes);
      } catch (cause) {
        // Out of memory or worse. The message is emscripten's and does not describe the file.
        throw new CodecError(cause instanceof Error ? cause.message : 'the codec gave up', { cause });
      }
      if (!image) throw new CodecError('the codec returned nothing');
      try {
        return use(image);
      } finally {
        // Frees the memory now: it is outside the heap, so the garbage collector would be slow to do it.
        image.data.buffer.transfer(0);
      }
    });
}

async function create(module: WebAssembly.Module): Promise<Libwebp> {
  let memory: WebAssembly.Memory | undefined;
  const codec = await instantiate({
    // Uses the compiled module: Workers forbid compiling, and the glue code would fetch it.
    instantiateWasm(imports, done) {
      const instance = new WebAssembly.Instance(module, imports);
      // Found by type, because the exports have no stable names.
      memory = Object.values(instance.exports).find((each) => each instanceof WebAssembly.Memory);
      done(instance);
      return instance.exports;
    },
  });
  if (!memory)
    throw new Error('the WebP codec exports no memory; pass the module @jsquash/webp/codec/dec/webp_dec.wasm');
  return { memory, decode: (bytes) => codec.decode(bytes) };
}
