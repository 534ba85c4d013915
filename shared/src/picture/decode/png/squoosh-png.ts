/**
 * @jsquash/png's decoder: the Rust crate `png`. Its wasm-bindgen glue has one instance for good, though a decode that
 * fails leaks all it had; hence this glue, for `decode` alone, whose instance can be replaced.
 */
import type { RgbaPicture } from '../../area-average.ts';
import { type Codec, CodecError, keepInstance } from '../codec-instance.ts';

interface Exports extends Codec {
  decode(pointer: number, length: number): number;
  __wbindgen_malloc(bytes: number, alignment: number): number;
  __wbindgen_free(pointer: number, bytes: number, alignment: number): void;
}

/** Where a decoded picture lies in the codec's memory. */
interface Place {
  readonly pointer: number;
  readonly length: number;
  readonly width: number;
  readonly height: number;
}

interface SquooshPng extends Exports {
  /** The picture that `decode` has just made. */
  taken(): Place | undefined;
}

/** @returns decodes one file, given in pieces; throws a CodecError where it does not decode */
export function squooshPng(module: WebAssembly.Module) {
  const withCodec = keepInstance(async () => create(module));

  /** @param use what to make of the picture, which lies in the codec's memory and is gone afterwards */
  return <Result>(pieces: readonly Uint8Array[], use: (picture: RgbaPicture) => Result): Promise<Result> =>
    withCodec((codec) => {
      const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
      // The codec frees this one.
      const pointer = codec.__wbindgen_malloc(length, 1) >>> 0;
      const file = new Uint8Array(codec.memory.buffer, pointer, length);
      let at = 0;
      for (const piece of pieces) {
        file.set(piece, at);
        at += piece.length;
      }
      try {
        codec.decode(pointer, length);
      } catch (cause) {
        // A panic of the codec's, which says nothing of use: "`unwrap_throw` failed", "unreachable".
        throw new CodecError((cause as Error).message, { cause });
      }
      const place = codec.taken();
      if (!place) throw new CodecError('the codec returned nothing');
      const { width, height } = place;
      const data = new Uint8Array(codec.memory.buffer, place.pointer, place.length);
      const result = use({ width, height, data });
      codec.__wbindgen_free(place.pointer, place.length, 1);
      return result;
    });
}

function create(module: WebAssembly.Module): SquooshPng {
  let place: Place | undefined;
  /** What the codec calls, by the part of its name before wasm-bindgen's hash, which changes from release to release. */
  const bindings: Record<string, (...args: number[]) => number | undefined> = {
    // `new ImageData(pixels, width, height)`. What it returns is a handle of the object, for which nobody asks.
    __wbg_newwithownedu8clampedarrayandsh(pointer = 0, length = 0, width = 0, height = 0) {
      place = { pointer: pointer >>> 0, length: length >>> 0, width, height };
      return 0;
    },
    __wbindgen_throw(pointer = 0, length = 0) {
      throw new Error(new TextDecoder().decode(new Uint8Array(exports.memory.buffer, pointer >>> 0, length >>> 0)));
    },
  };
  const imports: Record<string, Record<string, WebAssembly.ImportValue>> = {};
  for (const { module: from, name } of WebAssembly.Module.imports(module)) {
    const binding = Object.keys(bindings).find((prefix) => name === prefix || name.startsWith(`${prefix}_`));
    imports[from] ??= {};
    imports[from][name] = binding
      ? bindings[binding]!
      : () => {
          throw new Error(`the PNG codec called ${name}, which decoding is not known to need`);
        };
  }
  const exports = new WebAssembly.Instance(module, imports).exports as unknown as Exports;
  return {
    ...exports,
    taken() {
      const taken = place;
      place = undefined;
      return taken;
    },
  };
}
