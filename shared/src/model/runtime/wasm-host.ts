/**
 * Hosts the binary of tfjs' WASM backend (SIMD, one thread) without Emscripten's generated JavaScript, whose environment
 * detection fails in workerd. The same host runs in Node, workerd and browsers, so that all three compute the same bits.
 */

/** The exports that the backend uses, besides one function per kernel. */
interface Exports {
  readonly memory: WebAssembly.Memory;
  malloc(bytes: number): number;
  free(pointer: number): void;
  stackSave(): number;
  stackAlloc(bytes: number): number;
  stackRestore(pointer: number): void;
  __wasm_call_ctors(): void;
  readonly [name: string]: unknown;
}

/** Arguments of a kernel's C function: numbers, and bytes that are on the WASM stack during the call. */
type Argument = number | boolean | Uint8Array;

/** The part of Emscripten's module object that `BackendWasm` of @tensorflow/tfjs-backend-wasm uses. */
export interface WasmHost {
  readonly HEAPU8: Uint8Array;
  _malloc(bytes: number): number;
  _free(pointer: number): void;
  cwrap(name: string, returns: string | null, types?: readonly string[]): (...values: Argument[]) => unknown;
  readonly tfjs: Record<string, unknown>;
}

const PAGE_BYTES = 65_536;

/**
 * @param maxBytes limit for the module's memory; beyond it an allocation throws a RangeError. tfjs ignores a failed malloc
 * and writes to address 0, so the backend must be discarded after this error
 */
export function hostWasmModule(module: WebAssembly.Module, maxBytes: number): WasmHost {
  let bytes = new Uint8Array(0);
  // Growing the memory detaches its buffer, which invalidates the view.
  const heap = () => {
    if (bytes.buffer !== exports.memory.buffer) bytes = new Uint8Array(exports.memory.buffer);
    return bytes;
  };
  const env = {
    abort() {
      throw new Error('the tfjs WASM module aborted');
    },
    emscripten_memcpy_big(to: number, from: number, count: number) {
      heap().copyWithin(to >>> 0, from >>> 0, (from >>> 0) + (count >>> 0));
    },
    emscripten_get_heap_max: () => maxBytes,
    emscripten_resize_heap(requested: number) {
      const size = requested >>> 0;
      // Throws instead of returning 0: kernels that get no memory only print a warning and leave their output unset.
      if (size > maxBytes) throw full(maxBytes);
      try {
        exports.memory.grow(Math.ceil((size - exports.memory.buffer.byteLength) / PAGE_BYTES));
        return 1;
      } catch {
        throw full(maxBytes);
      }
    },
  };
  const wasi = {
    fd_close: () => 0,
    fd_seek: () => 0,
    // The module prints only warnings. Returning 0 would make its C library retry forever.
    fd_write() {
      throw new Error('the tfjs WASM module aborted: it printed a warning');
    },
  };
  const instance = new WebAssembly.Instance(module, { env, wasi_snapshot_preview1: wasi });
  const exports = instance.exports as unknown as Exports;
  exports.__wasm_call_ctors();

  return {
    get HEAPU8() {
      return heap();
    },
    _malloc(size) {
      const pointer = exports.malloc(size);
      if (pointer === 0 && size > 0) throw full(maxBytes);
      return pointer;
    },
    _free: (pointer) => exports.free(pointer),
    cwrap(name, returns, types = []) {
      const kernel = exports[name] as (...values: (number | boolean)[]) => number;
      return (...values) => {
        const stack = exports.stackSave();
        try {
          const result = kernel(
            ...values.map((value, index) => {
              if (types[index] !== 'array') return value as number | boolean;
              const array = value as Uint8Array;
              const pointer = exports.stackAlloc(array.length);
              heap().set(array, pointer);
              return pointer;
            }),
          );
          return returns === 'boolean' ? Boolean(result) : result;
        } finally {
          exports.stackRestore(stack);
        }
      };
    },
    tfjs: {
      init: exports.init,
      initWithThreadsCount: exports.init_with_threads_count,
      getThreadsCount: exports.get_threads_count,
      registerTensor: exports.register_tensor,
      disposeData: exports.dispose_data,
      dispose: exports.dispose,
    },
  };
}

function full(maxBytes: number): RangeError {
  return new RangeError(`the tfjs WASM memory is full (limit ${maxBytes} bytes)`);
}
