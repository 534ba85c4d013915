/**
 * Writes event files for TensorBoard without TensorFlow, so that every engine can. A file is a sequence of TFRecords,
 * each with an `Event` protobuf message:
 *
 *     record   length uint64, masked CRC-32C of the length uint32, the event, masked CRC-32C of the event uint32; little endian
 *
 * tensorflow/core/lib/io/record_writer.h, tensorflow/core/util/event.proto, tensorboard/compat/proto/summary.proto.
 */
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import protobuf from 'protobufjs/light.js';
import { TrainingError } from '../training-error.ts';

const FILE_VERSION = 'brain.Event:2';

const Event = protobuf.Root.fromJSON({
  nested: {
    Event: {
      fields: {
        wallTime: { id: 1, type: 'double' },
        step: { id: 2, type: 'int64' },
        fileVersion: { id: 3, type: 'string' },
        summary: { id: 5, type: 'Summary' },
      },
    },
    Summary: { fields: { value: { id: 1, type: 'Value', rule: 'repeated' } } },
    Value: { fields: { tag: { id: 1, type: 'string' }, simpleValue: { id: 2, type: 'float' } } },
  },
}).lookupType('Event');

export class TensorBoardLog {
  readonly #file: FileHandle;
  readonly path: string;

  private constructor(file: FileHandle, path: string) {
    this.#file = file;
    this.path = path;
  }

  /**
   * Creates an event file in the folder, which is one of TensorBoard's "runs"; Keras uses the two runs `train` and
   * `validation`. A resumed run opens the same folder and gets a second file, which TensorBoard appends to the first.
   *
   * @throws {TrainingError} `run-unwritable`
   */
  static async open(folder: string): Promise<TensorBoardLog> {
    try {
      await mkdir(folder, { recursive: true });
      // TensorBoard reads a folder's files in the order of their names.
      const seconds = String(Math.floor(Date.now() / 1000)).padStart(10, '0');
      const path = join(folder, `events.out.tfevents.${seconds}.${hostname()}.${process.pid}.${opened++}`);
      const log = new TensorBoardLog(await open(path, 'ax'), path);
      await log.#write({ fileVersion: FILE_VERSION });
      return log;
    } catch (cause) {
      throw unwritable(folder, cause);
    }
  }

  /**
   * @param step an epoch or a step, whichever the caller counts
   * @param values by tag; Keras uses `epoch_loss` and `epoch_accuracy`
   * @throws {TrainingError} `run-unwritable`
   */
  async scalars(step: number, values: Readonly<Record<string, number>>): Promise<void> {
    const value = Object.entries(values).map(([tag, simpleValue]) => ({ tag, simpleValue }));
    try {
      await this.#write({ step, summary: { value } });
    } catch (cause) {
      throw unwritable(this.path, cause);
    }
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  /** Writes a record in one call, so that a concurrent reader sees at most the last record truncated. */
  async #write(event: object): Promise<void> {
    await this.#file.appendFile(record(Buffer.from(Event.encode({ wallTime: Date.now() / 1000, ...event }).finish())));
  }
}

/** Keeps the names unique if one process opens several files within a second. */
let opened = 0;

function unwritable(path: string, cause: unknown): TrainingError {
  return new TrainingError(
    'run-unwritable',
    `Cannot write TensorBoard events to ${path}: ${(cause as Error).message}`,
    { cause },
  );
}

function record(data: Buffer): Buffer {
  const head = Buffer.alloc(12);
  head.writeBigUInt64LE(BigInt(data.length));
  head.writeUInt32LE(masked(crc32c(head.subarray(0, 8))), 8);
  const foot = Buffer.alloc(4);
  foot.writeUInt32LE(masked(crc32c(data)));
  return Buffer.concat([head, data, foot]);
}

/** TFRecord masks its checksums, because the CRC of data that contains its own CRC is weak. */
function masked(checksum: number): number {
  return (((checksum >>> 15) | (checksum << 17)) + 0xa282ead8) >>> 0;
}

/** Castagnoli's polynomial, bits reversed. */
const POLYNOMIAL = 0x82f63b78;
const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++) remainder = remainder & 1 ? (remainder >>> 1) ^ POLYNOMIAL : remainder >>> 1;
  return remainder;
});

/** RFC 3720, appendix B.4. */
export function crc32c(bytes: Uint8Array): number {
  let checksum = 0xffffffff;
  for (const byte of bytes) checksum = table[(checksum ^ byte) & 0xff]! ^ (checksum >>> 8);
  return ~checksum >>> 0;
}
