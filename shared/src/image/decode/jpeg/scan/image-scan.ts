/**
 * The scans of an image: which are read, how, and what is complete afterwards (ITU-T T.81, B.2.3 and G.1.1.1).
 *
 * A scan with all coefficients goes straight to the cells. Several scans are read in parallel, one row of MCUs of each at a
 * time, so that all coefficients of a block are available together and only those of one row are kept.
 */

import type { WorkMeter } from '../../work-meter.ts';
import { magnitudeStep } from '../average/clamping.ts';
import type { Component } from '../average/component.ts';
import { BitReader } from '../bitstream/bit-reader.ts';
import { mcuCounts } from '../bitstream/frame.ts';
import { type HuffmanTables, huffmanTable } from '../bitstream/huffman.ts';
import type { QuantizationTable } from '../bitstream/quantization.ts';
import type { ScanHeader } from '../bitstream/scan-header.ts';
import { STANDARD_AC, STANDARD_DC, standardTable } from '../bitstream/standard-huffman.ts';
import { CLAMPING_WORK } from '../limits.ts';
import { undecodable } from '../undecodable.ts';
import { BandBlocks } from './band-blocks.ts';
import type { ImageState } from './image-state.ts';
import { readScan, type Scan } from './scan.ts';
import { progressiveReader } from './scan-progressive.ts';
import { type ReadBlock, readBandBlock, readSequentialBlock } from './scan-sequential.ts';
import { type ScannedComponent, SeenBlocks } from './scanned-component.ts';

/** Tables and the restart interval, as set by the markers so far. */
export interface Tables {
  readonly quantization: (QuantizationTable | undefined)[];
  readonly huffman: HuffmanTables;
  restartInterval: number;
}

/** A scan that is read together with the other scans of its image. */
export interface OpenScan {
  readonly rows: Generator<void, void>;
  /** How many rows of its own MCUs make up one row of the frame's. */
  readonly rowsPerMcu: number;
}

/** Placeholder for tables that a scan does not use. */
const NO_CODES = huffmanTable(new Uint8Array(16), new Uint8Array(0));

/**
 * Begins the next scan: reads it if it has all coefficients, otherwise opens it for `readOpenScans`.
 *
 * @param bytes of the file
 * @param at first byte after the scan header
 * @returns where to search for the next marker, and whether the scan is read: scans whose coefficients the target does not
 * need are skipped
 */
export function beginScan(
  state: ImageState,
  header: ScanHeader,
  tables: Tables,
  bytes: Uint8Array,
  at: number,
  work: WorkMeter,
): { at: number; read: boolean } {
  const { frame, components, detail } = state;
  const { from, to, high, low } = header;
  const scanned = header.components.map(({ index }) => components[index]!);
  const needed = from === 0 || scanned.some((component) => isNeeded(component, from, high, detail.refined));
  let end = at;
  if (needed) {
    for (const component of scanned) {
      if (high === 0 && component.precision[from] !== -1) {
        throw undecodable('is damaged: two scans contain the same coefficients; save it again');
      }
      useQuantizationTable(component, tables);
    }
    const clamping = state.single ? state.clamping : null;
    const scan: Scan = {
      components: scanned.map((component, i) => scannedComponent(component, header, i, tables, clamping !== null)),
      mcus: mcuCounts(frame),
      interval: tables.restartInterval,
      readBlock: blockReader(state, header),
      progressive: frame.progressive,
      dcUnit: from === 0 && high === 0 ? 1 << low : 0,
      clamping,
    };
    const reader = new BitReader(bytes, frame.progressive ? 'few' : 'many');
    reader.start(at);
    const rows = readScan(reader, scan, work);
    if (state.single) {
      for (let next = rows.next(); !next.done; ) next = rows.next();
      end = reader.end;
    } else state.open.push({ rows, rowsPerMcu: scanned.length === 1 ? scanned[0]!.vertical : 1 });
  }
  for (const { precision } of scanned) precision.fill(low, from, to + 1);
  return { at: end, read: needed };
}

function blockReader({ frame, single, detail }: ImageState, header: ScanHeader): ReadBlock {
  if (frame.progressive) return progressiveReader(header, detail.refined);
  return single ? readSequentialBlock : readBandBlock;
}

/** Reads all open scans in parallel. */
export function readOpenScans({ frame, components, clamping, open }: ImageState, work: WorkMeter): void {
  if (open.length === 0) return;
  const blocks = new BandBlocks(components, clamping);
  const { across, down } = mcuCounts(frame);
  const rowBlocks = components.reduce((sum, { vertical, paddedAcross }) => sum + vertical * paddedAcross, 0);
  for (let row = 0; row < down; row++) {
    for (const { rows, rowsPerMcu } of open) {
      for (let i = 0; i < rowsPerMcu; i++) rows.next();
    }
    const examinedBefore = clamping?.blocksExamined ?? 0;
    blocks.addRow(row, across);
    work.spend(rowBlocks + ((clamping?.blocksExamined ?? 0) - examinedBefore) * CLAMPING_WORK);
  }
  // Checks the data after the last row.
  for (const { rows } of open) rows.next();
}

/** Whether an AC scan of a progressive image is needed. */
function isNeeded({ lastUsed }: Component, from: number, high: number, refined: boolean): boolean {
  // Coefficients that are refined later must be known even if they do not contribute.
  return refined || (high === 0 && from <= lastUsed[3]!);
}

/** Takes the table in force at the first scan of the component (B.2.4.1). */
function useQuantizationTable(component: Component, { quantization }: Tables): void {
  if (component.precision.some((low) => low !== -1)) return;
  const table = quantization[component.quantization];
  if (!table) throw undecodable('is damaged: a quantization table is missing; save it again');
  component.quantizationTable = table;
}

function scannedComponent(
  component: Component,
  { components, from, to, high }: ScanHeader,
  place: number,
  { huffman }: Tables,
  clamping: boolean,
): ScannedComponent {
  const { dc, ac } = components[place]!;
  const hasDc = from === 0 && high === 0;
  return {
    component,
    dc: hasDc ? (huffman.dc[dc] ?? standardTable(STANDARD_DC, dc) ?? noTable()) : NO_CODES,
    ac: to > 0 ? (huffman.ac[ac] ?? standardTable(STANDARD_AC, ac) ?? noTable()) : NO_CODES,
    predictor: 0,
    seen: clamping ? new SeenBlocks(magnitudeStep(component.quantizationTable)) : null,
  };
}

function noTable(): never {
  throw undecodable('is damaged: a Huffman table is missing; save it again');
}

/** Whether all bits of all coefficients of all components were read, so that nothing can follow. */
export function isComplete({ components }: ImageState): boolean {
  return components.every(({ precision }) => precision.every((low) => low === 0));
}

/** Whether every component has at least DC coefficients. */
export function hasAllComponents({ components }: ImageState): boolean {
  return components.every(({ precision }) => precision[0] !== -1);
}
