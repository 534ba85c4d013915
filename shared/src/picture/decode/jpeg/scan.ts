/**
 * The blocks of a scan in their order (ITU-T T.81, A.2), cut into restart intervals (E.2.4).
 *
 * What is lost between two restart markers is made up from the blocks before, as every viewer does, while it is too
 * little to matter (`MAX_LOST_SHARE`). Any other damage ends the decode, saying where.
 */
import { PictureError } from '../../picture-error.ts';
import type { BitReader } from './bit-reader.ts';
import { addDc, addGathered, type Component, dropGathered } from './component.ts';
import { CLAMPING_WORK, MAX_LOST_SHARE, type WorkMeter } from './limits.ts';
import type { ReadBlock } from './scan-sequential.ts';
import { undecodable } from './undecodable.ts';

export interface Scan {
  readonly components: readonly Component[];
  /** MCUs of the frame; a scan of one component has that component's own blocks for MCUs (A.2.2). */
  readonly mcus: { readonly across: number; readonly down: number };
  /** MCUs between restart markers; 0 for none. */
  readonly interval: number;
  readonly readBlock: ReadBlock;
  /** What a DC coefficient's predictor is multiplied by; 0 where the scan gives no DC coefficients. */
  readonly dcUnit: number;
}

/**
 * @param reader at the scan's first bit; afterwards behind its last
 * @throws {PictureError} picture-undecodable, with `byte`, `row` and `rows` (of MCUs) in its details; MAX_WORK
 */
export function readScan(reader: BitReader, scan: Scan, work: WorkMeter): void {
  const { across, down } = mcuGrid(scan);
  const total = across * down;
  const length = scan.interval || total;
  const bitsBefore = reader.bitsRead;
  let settled = scan.components.map(() => 0);
  let lost = 0;
  let interval = 0;
  while (interval * length < total) {
    const begin = interval * length;
    const end = Math.min(begin + length, total);
    const progress = { mcu: begin };
    for (const component of scan.components) component.predictor = 0;
    try {
      readInterval(reader, scan, progress, end, across, work);
      settled = scan.components.map(({ predictor }) => predictor);
    } catch (error) {
      if (!isDamage(error)) throw error;
      // That the data end early can show behind the last MCU.
      const damaged = Math.min(progress.mcu, end - 1);
      lost += end - damaged;
      // Where no marker is ahead the file was cut, which is never made up.
      if (scan.interval === 0 || lost > total * MAX_LOST_SHARE || !reader.hasMarkerAhead) {
        throw located(error, reader, damaged, across, down);
      }
      for (const component of scan.components) dropGathered(component);
      makeUp(scan, settled, progress.mcu + 1, end, across);
    }
    interval++;
    if (end === total) break;
    try {
      const skipped = Math.min(reader.restart((interval - 1) & 7), Math.ceil(total / length) - interval);
      const until = Math.min(end + skipped * length, total);
      lost += until - end;
      if (lost > total * MAX_LOST_SHARE) throw undecodable('is damaged: restart markers are missing');
      makeUp(scan, settled, end, until, across);
      interval += skipped;
    } catch (error) {
      throw isDamage(error) ? located(error, reader, end, across, down) : error;
    }
  }
  checkLeftOver(reader, (reader.bitsRead - bitsBefore) / 8);
}

function mcuGrid({ components, mcus }: Scan): { across: number; down: number } {
  const [only] = components;
  return only && components.length === 1 ? { across: only.blocksAcross, down: only.blocksDown } : mcus;
}

/** MCUs from `progress.mcu`, which follows along, to `end`. */
function readInterval(
  reader: BitReader,
  { components, readBlock }: Scan,
  progress: { mcu: number },
  end: number,
  across: number,
  work: WorkMeter,
): void {
  const touched = Math.max(...components.map((component) => component.touched));
  const single = components.length === 1 ? components[0]! : undefined;
  const blocks = single ? 1 : components.reduce((sum, { horizontal, vertical }) => sum + horizontal * vertical, 0);
  while (progress.mcu < end) {
    const row = Math.floor(progress.mcu / across);
    const to = Math.min(across, end - row * across);
    const from = progress.mcu - row * across;
    const bits = reader.bitsRead;
    const clamped = clampedBlocks(components);
    for (let column = from; column < to; column++) {
      if (reader.bit > reader.refillAt) reader.fill();
      if (single) {
        readBlock(reader, single, column, row);
        if (single.gatheredRows !== 0) addGathered(single, column, row);
      } else readMcu(reader, components, readBlock, column, row);
      progress.mcu++;
    }
    const additions = (reader.bitsRead - bits) * touched;
    work.spend((to - from) * blocks + additions / 64 + (clampedBlocks(components) - clamped) * CLAMPING_WORK);
  }
  reader.checkEnd();
}

function clampedBlocks(components: readonly Component[]): number {
  let sum = 0;
  for (const { clamped } of components) sum += clamped;
  return sum;
}

/** A.2.3: each component's blocks in turn, row by row. */
function readMcu(
  reader: BitReader,
  components: readonly Component[],
  readBlock: ReadBlock,
  column: number,
  row: number,
): void {
  for (let i = 0; i < components.length; i++) {
    const component = components[i]!;
    const { horizontal, vertical } = component;
    for (let v = 0; v < vertical; v++) {
      for (let h = 0; h < horizontal; h++) {
        const x = column * horizontal + h;
        const y = row * vertical + v;
        readBlock(reader, component, x, y);
        if (component.gatheredRows !== 0) addGathered(component, x, y);
      }
    }
  }
}

/** Gives lost MCUs the mean of the last block before the damage. */
function makeUp({ components, dcUnit }: Scan, settled: readonly number[], from: number, to: number, across: number) {
  if (dcUnit === 0) return;
  for (let mcu = from; mcu < to; mcu++) {
    const row = Math.floor(mcu / across);
    const column = mcu - row * across;
    for (const [i, component] of components.entries()) {
      const value = settled[i]! * dcUnit * component.quantisationTable[0]!;
      const horizontal = components.length === 1 ? 1 : component.horizontal;
      const vertical = components.length === 1 ? 1 : component.vertical;
      for (let v = 0; v < vertical; v++) {
        for (let h = 0; h < horizontal; h++) {
          const x = column * horizontal + h;
          const y = row * vertical + v;
          addDc(component, x, y, value);
          if (component.gatheredRows !== 0) addGathered(component, x, y);
        }
      }
    }
  }
}

/** Damage of the file, as opposed to a limit that it reached. */
function isDamage(error: unknown): error is PictureError {
  return error instanceof PictureError && error.details.limit === undefined;
}

function located(cause: PictureError, reader: BitReader, mcu: number, across: number, down: number): PictureError {
  const byte = reader.position;
  const row = Math.floor(mcu / across) + 1;
  return new PictureError(
    'picture-undecodable',
    `${cause.message} (near byte ${byte}, in row ${row} of ${down} of its blocks); send the whole file`,
    { cause, details: { byte, row, rows: down } },
  );
}

/**
 * A scan that ends far before its data has lost its step on the way, although all its bits were valid codes. Some stray
 * bytes, and cameras that fill up with zeros, are let pass.
 */
function checkLeftOver(reader: BitReader, used: number): void {
  const { from, to, zeros } = reader.leftOver();
  if (to - from <= Math.max(64, used / 4) || zeros) return;
  throw undecodable(`is damaged: ${to - from} bytes from byte ${from} on belong to no block; send the whole file`, {
    details: { byte: from },
  });
}
