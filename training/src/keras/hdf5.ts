/**
 * Reads and writes HDF5 files in memory, with the HDF5 library compiled to WASM. Its virtual file system contains only that
 * one file, so a malicious file cannot reach others through external links or external storage.
 */
import { type File, h5wasm, ready } from 'h5wasm';

let opened = 0;

/**
 * @param read the file is closed when it returns
 * @throws {Error} with the library's message if the bytes are not an HDF5 file, or a corrupt one
 */
export function readHdf5<Result>(bytes: Uint8Array, read: (file: File) => Result): Promise<Result> {
  return inMemory(async (FS, path) => {
    FS.writeFile(path, bytes);
    return use(new h5wasm.File(path, 'r'), read);
  });
}

/** @returns the bytes of the file that `write` wrote */
export function writeHdf5(write: (file: File) => void): Promise<Uint8Array> {
  return inMemory(async (FS, path) => {
    use(new h5wasm.File(path, 'w'), write);
    return FS.readFile(path);
  });
}

type FileSystem = Awaited<typeof ready>['FS'];

async function inMemory<Result>(work: (FS: FileSystem, path: string) => Promise<Result>): Promise<Result> {
  const { FS, activate_throwing_error_handler: throwErrors } = await ready;
  // Otherwise the library prints its errors and returns garbage.
  throwErrors();
  const path = `${++opened}.h5`;
  try {
    return await work(FS, path);
  } catch (cause) {
    throw new Error(innermost(cause), { cause });
  } finally {
    if (FS.analyzePath(path).exists) FS.unlink(path);
  }
}

function use<Result>(file: File, work: (file: File) => Result): Result {
  try {
    return work(file);
  } finally {
    file.close();
  }
}

/** The library's message is a stack trace whose last line has the cause: `#006: …/H5Fsuper.c line 577 in f(): truncated file`. */
function innermost(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return (
    message
      .match(/^ +#\d+: .* in \w+\(\): (.*)$/gm)
      ?.at(-1)
      ?.replace(/^.*?\(\): /, '') ?? message
  );
}
