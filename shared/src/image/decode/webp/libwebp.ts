/** @jsquash/webp's decoder: libwebp. Its glue is 35 KB, so `webp-decoder.ts` imports this file when a WebP comes. */
import createLibwebp from '@jsquash/webp/codec/dec/webp_dec.js';
import type { RgbaImage } from '../../area-average/area-average.ts';
import { type Codec, CodecError, keepInstance } from '../codec-instance.ts';

/** What is used of emscripten's factory; the package's own declaration leans on a global that it does not bring. */
const instantiate = createLibwebp as unknown as (options: {
  instantiateWasm(imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void): WebAssembly.Exports;
}) => Promise<{ decode(bytes: Uint8Array): DecodedImage | null }>;

/** An ImageData, or the glue's stand-in for one. */
interface DecodedImage extends RgbaImage {
  readonly data: Uint8ClampedArray<ArrayBuffer>;
}

interface Libwebp extends Codec {
  decode(bytes: Uint8Array): DecodedImage | null;
}

/** @returns decodes one image, which is gone after its use; throws a CodecError where the bytes do not decode */
export function libwebp(module: WebAssembly.Module) {
  const withCodec = keepInstance(() => create(module));

  return <Result>(bytes: Uint8Array, use: (image: RgbaImage) => Result): Promise<Result> =>
    withCodec(({ decode }) => {
      let image: DecodedImage | null;
      try {
        image = decode(bytes);
      } catch (cause) {
        // Out of memory or worse; the message is emscripten's and says nothing of the file.
        throw new CodecError(cause instanceof Error ? cause.message : 'the codec gave up', { cause });
      }
      if (!image) throw new CodecError('the codec returned nothing');
      try {
        return use(image);
      } finally {
        // Gives the memory back now: it lies outside the heap, and the garbage collector takes its time.
        image.data.buffer.transfer(0);
      }
    });
}

async function create(module: WebAssembly.Module): Promise<Libwebp> {
  let memory: WebAssembly.Memory | undefined;
  const codec = await instantiate({
    // Handed over ready-made: Workers forbid compiling, and the glue's own way would fetch.
    instantiateWasm(imports, done) {
      const instance = new WebAssembly.Instance(module, imports);
      // By type, as its exports have no stable names.
      memory = Object.values(instance.exports).find((each) => each instanceof WebAssembly.Memory);
      done(instance);
      return instance.exports;
    },
  });
  if (!memory) throw new Error('the WebP codec exports no memory: it is not the module that is expected');
  return { memory, decode: (bytes) => codec.decode(bytes) };
}
