/**
 * The safetensors format, for float32 tensors: header length (8 bytes, little endian), a JSON header, the tensors' bytes.
 * One file holds a whole checkpoint, and Python's `safetensors` can open it.
 * https://github.com/huggingface/safetensors#format
 */
import type { Weights } from '@glimpse/shared/model/network/model-file';
import { TrainingError } from '../training-error.ts';

interface HeaderEntry {
  readonly dtype: string;
  readonly shape: number[];
  readonly data_offsets: [number, number];
}

export function writeSafetensors(tensors: Weights, metadata: Record<string, string>): Uint8Array<ArrayBuffer> {
  const header: Record<string, unknown> = { __metadata__: metadata };
  let end = 0;
  for (const [name, { shape, values }] of tensors) {
    header[name] = { dtype: 'F32', shape, data_offsets: [end, end + values.byteLength] };
    end += values.byteLength;
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  // Padded with spaces to 8 bytes, so that the tensors are aligned in the file.
  const headerLength = Math.ceil(text.length / 8) * 8;
  const file = new Uint8Array(8 + headerLength + end).fill(0x20, 8, 8 + headerLength);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerLength), true);
  file.set(text, 8);
  let offset = 8 + headerLength;
  for (const { values } of tensors.values()) {
    file.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), offset);
    offset += values.byteLength;
  }
  return file;
}

/** @throws {TrainingError} `run-invalid` if the bytes are not a complete safetensors file of float32 tensors */
export function readSafetensors(file: Uint8Array): { tensors: Weights; metadata: Record<string, string> } {
  try {
    const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
    const start = 8 + Number(view.getBigUint64(0, true));
    const { __metadata__: metadata = {}, ...entries } = JSON.parse(
      new TextDecoder('utf-8', { fatal: true }).decode(file.subarray(8, start)),
    );
    const tensors = new Map(
      Object.entries(entries as Record<string, HeaderEntry>).map(
        ([
          name,
          {
            dtype,
            shape,
            data_offsets: [from, to],
          },
        ]) => {
          const length = shape.reduce((product, size) => product * size, 1);
          if (dtype !== 'F32' || to - from !== length * 4 || start + to > file.length) {
            throw new RangeError(`the data of tensor "${name}" is not within the file, or does not match its shape`);
          }
          // A copy is aligned; Buffer's `slice` would be a view.
          return [
            name,
            { shape, values: new Float32Array(new Uint8Array(file.subarray(start + from, start + to)).buffer) },
          ];
        },
      ),
    );
    return { tensors, metadata };
  } catch (cause) {
    throw new TrainingError('run-invalid', `Not a safetensors file: ${(cause as Error).message}`, { cause });
  }
}
