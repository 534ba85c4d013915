/**
 * Reads the blocks of a scan in order (ITU-T T.81, A.2), by restart intervals (E.2.4).
 *
 * MCUs that are lost between two restart markers are concealed from the blocks before, as viewers do, up to
 * `MAX_LOST_SHARE`. Any other damage ends the decode with an error that says where.
 */
import { ImageError } from '../../../image-error.ts';
import type { WorkMeter } from '../../work-meter.ts';
import type { Clamping } from '../average/clamping.ts';
import { addDc, type Component, dropPending, flushPending } from '../average/component.ts';
import type { BitReader } from '../bitstream/bit-reader.ts';
import { BIT_WORK, CLAMPING_WORK, MAX_LOST_SHARE, PROGRESSIVE_BIT_WORK, RESTART_WORK } from '../limits.ts';
import { undecodable } from '../undecodable.ts';
import { type ReadBlock, SequentialBlocks } from './scan-sequential.ts';
import type { ScannedComponent, SeenBlocks } from './scanned-component.ts';

export interface Scan {
  readonly components: readonly ScannedComponent[];
  /** MCUs of the frame. In a scan of one component, each block is an MCU (A.2.2). */
  readonly mcus: { readonly across: number; readonly down: number };
  /** MCUs between restart markers; 0 for none. */
  readonly interval: number;
  readonly readBlock: ReadBlock;
  readonly progressive: boolean;
  /** Factor from the predictor to the DC coefficient; 0 if the scan has no DC coefficients. */
  readonly dcUnit: number;
  /** Null if other scans add to this one, or if blocks are not clamped. */
  readonly clamping: Clamping | null;
}

/** The position in a scan. */
interface Progress {
  /** Index of the current MCU. */
  mcu: number;
  readonly across: number;
}

/**
 * Yields after each row of MCUs, so that scans can be read in parallel.
 *
 * @param reader at the first bit of the scan; afterwards past its last bit
 * @throws {ImageError} image-undecodable, with `byte`, `row` and `rows` (of MCUs) in its details; MAX_WORK
 */
export function* readScan(reader: BitReader, scan: Scan, work: WorkMeter): Generator<void, void> {
  const { across, down } = mcuGrid(scan);
  const total = across * down;
  const length = scan.interval || total;
  const bitsBefore = reader.bitsRead;
  const progress = { mcu: 0, across };
  const clamper = scan.clamping && new McuClamper(reader, scan, scan.clamping);
  let lastGoodDc = scan.components.map(() => 0);
  let lost = 0;
  let interval = 0;
  while (interval * length < total) {
    work.spend(RESTART_WORK);
    const begin = interval * length;
    const end = Math.min(begin + length, total);
    progress.mcu = begin;
    for (const component of scan.components) component.predictor = 0;
    try {
      while (progress.mcu < end) {
        readRow(reader, scan, progress, end, work, clamper);
        if (progress.mcu % across === 0) yield;
      }
      reader.checkEnd();
      lastGoodDc = scan.components.map(({ predictor }) => predictor);
    } catch (error) {
      if (!isDamage(error)) throw error;
      // A truncation may be detected only after the last MCU.
      const damaged = Math.min(progress.mcu, end - 1);
      lost += end - damaged;
      // Without a further marker the file was truncated, which is never concealed.
      if (scan.interval === 0 || lost > total * MAX_LOST_SHARE || !reader.hasMarkerAhead) {
        throw located(error, reader, damaged, across, down);
      }
      for (const { component, seen } of scan.components) {
        dropPending(component);
        seen?.reset();
      }
      if (progress.mcu < end && ++progress.mcu % across === 0) yield;
      yield* concealLostMcus(scan, lastGoodDc, progress, end);
    }
    interval++;
    if (end === total) break;
    try {
      const skipped = Math.min(reader.restart((interval - 1) & 7), Math.ceil(total / length) - interval);
      const until = Math.min(end + skipped * length, total);
      lost += until - end;
      if (lost > total * MAX_LOST_SHARE) throw undecodable('is damaged: restart markers are missing');
      progress.mcu = end;
      yield* concealLostMcus(scan, lastGoodDc, progress, until);
      interval += skipped;
    } catch (error) {
      throw isDamage(error) ? located(error, reader, end, across, down) : error;
    }
  }
  checkLeftOver(reader, (reader.bitsRead - bitsBefore) / 8);
}

function mcuGrid({ components, mcus }: Scan): { across: number; down: number } {
  const [only] = components;
  return only && components.length === 1
    ? { across: only.component.blocksAcross, down: only.component.blocksDown }
    : mcus;
}

/** Reads MCUs up to the end of the row or of the interval, whichever comes first. */
function readRow(
  reader: BitReader,
  { components, readBlock, progressive }: Scan,
  progress: Progress,
  end: number,
  work: WorkMeter,
  clamper: McuClamper | null,
): void {
  const single = components.length === 1 ? components[0]! : undefined;
  const { across } = progress;
  const row = Math.floor(progress.mcu / across);
  const from = progress.mcu - row * across;
  const to = Math.min(across, end - row * across);
  const bits = reader.bitsRead;
  const examinedBefore = clamper?.blocksExamined ?? 0;
  for (let column = from; column < to; column++) {
    if (reader.bit > reader.refillAt) reader.fill();
    if (single) {
      readBlock(reader, single, column, row);
      if (single.component.pendingRows !== 0) flushPending(single.component, column, row);
    } else readMcu(reader, components, readBlock, column, row);
    clamper?.clamp(column, row);
    progress.mcu++;
  }
  let cellsPerBlock = 0;
  let blocks = 0;
  for (const { component } of components) {
    cellsPerBlock = Math.max(cellsPerBlock, component.cellsPerBlock);
    blocks += single ? 1 : component.horizontal * component.vertical;
  }
  const bitWork = progressive ? PROGRESSIVE_BIT_WORK : cellsPerBlock * BIT_WORK;
  const clamped = (clamper?.blocksExamined ?? 0) - examinedBefore;
  work.spend((to - from) * blocks + (reader.bitsRead - bits) * bitWork + clamped * CLAMPING_WORK);
}

/** Clamps the MCUs of a scan that has all components. */
class McuClamper {
  readonly #clamping: Clamping;
  readonly #seen: readonly SeenBlocks[];
  readonly #blocks: SequentialBlocks;
  readonly #indices: readonly number[];

  constructor(reader: BitReader, { components }: Scan, clamping: Clamping) {
    // A scan may have the components in another order than the frame.
    const ordered = components.toSorted((a, b) => a.component.index - b.component.index);
    this.#clamping = clamping;
    this.#seen = ordered.map(({ seen }) => seen!);
    this.#blocks = new SequentialBlocks(reader, ordered);
    this.#indices = ordered.map((_, i) => i);
  }

  get blocksExamined(): number {
    return this.#clamping.blocksExamined;
  }

  clamp(column: number, row: number): void {
    if (this.#clamping.suspects(this.#seen)) this.#clamping.clamp(column, row, this.#blocks, this.#indices);
  }
}

/** A.2.3: the blocks of each component, row by row. */
function readMcu(
  reader: BitReader,
  components: readonly ScannedComponent[],
  readBlock: ReadBlock,
  column: number,
  row: number,
): void {
  for (let i = 0; i < components.length; i++) {
    const scanned = components[i]!;
    const { horizontal, vertical } = scanned.component;
    for (let v = 0; v < vertical; v++) {
      for (let h = 0; h < horizontal; h++) {
        const x = column * horizontal + h;
        const y = row * vertical + v;
        readBlock(reader, scanned, x, y);
        if (scanned.component.pendingRows !== 0) flushPending(scanned.component, x, y);
      }
    }
  }
}

/** Fills lost MCUs with the mean of the last block before the damage. Yields after each row of MCUs. */
function* concealLostMcus(
  scan: Scan,
  lastGoodDc: readonly number[],
  progress: Progress,
  to: number,
): Generator<void, void> {
  const single = scan.components.length === 1;
  while (progress.mcu < to) {
    const row = Math.floor(progress.mcu / progress.across);
    const column = progress.mcu - row * progress.across;
    for (const [i, { component }] of scan.components.entries()) {
      if (scan.dcUnit === 0) break;
      const horizontal = single ? 1 : component.horizontal;
      const vertical = single ? 1 : component.vertical;
      for (let v = 0; v < vertical; v++) {
        for (let h = 0; h < horizontal; h++) {
          writeDc(component, column * horizontal + h, row * vertical + v, lastGoodDc[i]! * scan.dcUnit);
        }
      }
    }
    if (++progress.mcu % progress.across === 0) yield;
  }
}

function writeDc(component: Component, column: number, row: number, value: number): void {
  const { band, vertical, paddedAcross } = component;
  if (band) {
    band.coefficients[((row % vertical) * paddedAcross + column) * band.kept] = value;
    return;
  }
  addDc(component, column, row, value * component.quantizationTable[0]!);
  if (component.pendingRows !== 0) flushPending(component, column, row);
}

/** Whether the file is damaged, as opposed to exceeding a limit. */
function isDamage(error: unknown): error is ImageError {
  return error instanceof ImageError && error.details.limit === undefined;
}

function located(cause: ImageError, reader: BitReader, mcu: number, across: number, down: number): ImageError {
  const byte = reader.position;
  const row = Math.floor(mcu / across) + 1;
  return new ImageError(
    'image-undecodable',
    `${cause.message} (near byte ${byte}, in block row ${row} of ${down}); send the whole file`,
    { cause, details: { byte, row, rows: down } },
  );
}

/**
 * A scan that ends long before its data was decoded out of sync, although all its bits were valid codes. Accepts a few
 * stray bytes, and zero padding, which some cameras write.
 */
function checkLeftOver(reader: BitReader, used: number): void {
  const { from, to, zeros } = reader.leftOver();
  if (to - from <= Math.max(64, used / 4) || zeros) return;
  throw undecodable(
    `is damaged: ${to - from} bytes after byte ${from} do not belong to any block; send the whole file`,
    {
      details: { byte: from },
    },
  );
}
