/** @jsquash/jpeg's decoder: libjpeg-turbo by way of mozjpeg. */
import createMozjpeg from '@jsquash/jpeg/codec/dec/mozjpeg_dec.js';
import type { RgbaPicture } from '../../area-average.ts';
import { type Codec, CodecError, keepInstance } from '../codec-instance.ts';

/** What is used of emscripten's factory; the package's own declaration leans on a global that it does not bring. */
const instantiate = createMozjpeg as (options: {
  instantiateWasm(imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void): WebAssembly.Exports;
  printErr(line: string): void;
}) => Promise<{ decode(bytes: Uint8Array, preserveOrientation: boolean): DecodedPicture | null }>;

/** An ImageData, or the glue's stand-in for one. */
interface DecodedPicture extends RgbaPicture {
  readonly data: Uint8ClampedArray<ArrayBuffer>;
}

interface Mozjpeg extends Codec {
  /** Lines that libjpeg prints while it decodes. */
  readonly printed: string[];
  decode(bytes: Uint8Array): DecodedPicture | null;
}

/**
 * What to make of a decoded picture. It lies as in the file (orientation is not applied), opaque, and is gone
 * afterwards. The warnings are libjpeg's own words; it prints only the first of them.
 */
type Use<Result> = (picture: RgbaPicture, warnings: readonly string[]) => Result;

/** @returns decodes one picture; throws a CodecError with libjpeg's message where the bytes do not decode */
export function mozjpeg(module: WebAssembly.Module) {
  const withCodec = keepInstance(() => create(module));

  return <Result>(bytes: Uint8Array, use: Use<Result>): Promise<Result> =>
    withCodec(({ decode, printed }) => {
      printed.length = 0;
      let picture: DecodedPicture | null;
      try {
        picture = decode(bytes);
      } catch (thrown) {
        // libjpeg prints its error and exits, and emscripten throws that exit as an object that is no Error.
        const message = printed.at(-1) ?? (thrown instanceof Error ? thrown.message : 'the codec gave up');
        throw new CodecError(message, { cause: thrown });
      }
      if (!picture) throw new CodecError('the codec returned nothing');
      try {
        return use(picture, printed);
      } finally {
        // Gives the memory back now: it lies outside the heap, and the garbage collector takes its time.
        picture.data.buffer.transfer(0);
      }
    });
}

async function create(module: WebAssembly.Module): Promise<Mozjpeg> {
  const printed: string[] = [];
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
    printErr: (line) => printed.push(line),
  });
  if (!memory) throw new Error('the JPEG codec exports no memory: it is not the module that is expected');
  return { memory, printed, decode: (bytes) => codec.decode(bytes, false) };
}
