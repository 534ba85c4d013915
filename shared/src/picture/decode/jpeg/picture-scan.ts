/** One scan of a picture: whether it is read, by what, and what the picture has then (ITU-T T.81, B.2.3 and G.1.1.1). */
import type { BitReader } from './bit-reader.ts';
import { magnitudeStep } from './clamping.ts';
import type { Component } from './component.ts';
import { mcuCounts } from './frame.ts';
import type { HuffmanTables } from './huffman.ts';
import type { WorkMeter } from './limits.ts';
import type { PictureState } from './picture-state.ts';
import type { QuantisationTable } from './quantisation.ts';
import { readScan } from './scan.ts';
import type { ScanHeader } from './scan-header.ts';
import { progressiveReader } from './scan-progressive.ts';
import { readSequentialBlock } from './scan-sequential.ts';
import { STANDARD_AC, STANDARD_DC, standardTable } from './standard-huffman.ts';
import { undecodable } from './undecodable.ts';

/** Tables and the restart interval as the markers until now have set them. */
export interface Tables {
  readonly quantisation: (QuantisationTable | undefined)[];
  readonly huffman: HuffmanTables;
  restartInterval: number;
}

/**
 * @param at first byte behind the scan header
 * @returns where the next marker can be searched, and whether the scan was read: those whose coefficients the target
 * does not need are passed over
 */
export function readPictureScan(
  { frame, grid, components, detail }: PictureState,
  header: ScanHeader,
  tables: Tables,
  reader: BitReader,
  at: number,
  work: WorkMeter,
): { at: number; read: boolean } {
  const { from, to, high, low } = header;
  const scanned = header.components.map(({ index }) => components[index]!);
  const needed = from === 0 || scanned.some((component) => isNeeded(component, from, high, detail.refined));
  if (needed) {
    for (const [i, component] of scanned.entries()) {
      if (high === 0 && component.precision[from] !== -1) {
        throw undecodable('is damaged: a scan repeats what another one gave; save it anew');
      }
      useTables(component, header, header.components[i]!, tables);
      component.magnitudeStep = grid.pixels ? 0 : magnitudeStep(component.quantisationTable);
    }
    reader.start(at);
    readScan(
      reader,
      {
        components: scanned,
        mcus: mcuCounts(frame),
        interval: tables.restartInterval,
        readBlock: frame.progressive ? progressiveReader(header) : readSequentialBlock,
        dcUnit: from === 0 && high === 0 ? 1 << low : 0,
      },
      work,
    );
  }
  for (const { precision } of scanned) precision.fill(low, from, to + 1);
  return { at: needed ? reader.end : at, read: needed };
}

/** Of an AC scan of a progressive picture. */
function isNeeded({ known, lastWanted }: Component, from: number, high: number, refined: boolean): boolean {
  // What is refined later must be known, even where it does not count.
  if (refined && known) return true;
  return high === 0 && from <= lastWanted[3]!;
}

function useTables(
  component: Component,
  { from, to, high }: ScanHeader,
  selected: { dc: number; ac: number },
  { quantisation, huffman }: Tables,
): void {
  if (component.precision.every((low) => low === -1)) {
    const table = quantisation[component.quantisation];
    if (!table) throw undecodable('is damaged: it lacks a quantisation table; save it anew');
    component.quantisationTable = table;
  }
  const needsDc = from === 0 && high === 0;
  if (needsDc) component.dc = huffman.dc[selected.dc] ?? standardTable(STANDARD_DC, selected.dc) ?? noTable();
  if (to > 0) component.ac = huffman.ac[selected.ac] ?? standardTable(STANDARD_AC, selected.ac) ?? noTable();
}

function noTable(): never {
  throw undecodable('is damaged: it lacks a Huffman table; save it anew');
}

/** Whether nothing can follow: each coefficient of each component was given to its last bit. */
export function isWhole({ components }: PictureState): boolean {
  return components.every(({ precision }) => precision.every((low) => low === 0));
}

/** Whether there is something of all components. */
export function hasAllComponents({ components }: PictureState): boolean {
  return components.every(({ precision }) => precision[0] !== -1);
}
