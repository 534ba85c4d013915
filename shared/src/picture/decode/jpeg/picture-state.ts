/** What is set up once a frame and the first scan's tables are known: cells, weights and components. */
import type { Target } from '../../cell-grid.ts';
import { type AreaWeights, areaWeights } from './area-weights.ts';
import { type Component, GATHER_FROM, wantedCoefficients } from './component.ts';
import { chooseCells, chooseDetail, chooseRefined, type Detail, newKnown } from './detail.ts';
import { blockLayout, type FrameHeader } from './frame.ts';
import { type Grid, layOutGrid, pixelsPerTargetPixel } from './grid.ts';
import { huffmanTable } from './huffman.ts';
import { type Upsampling, upsamplings } from './upsampling.ts';

export interface PictureState {
  readonly frame: FrameHeader;
  readonly detail: Detail;
  readonly grid: Grid;
  readonly components: readonly Component[];
}

/** @param target as the picture lies in the file */
export function preparePicture(frame: FrameHeader, target: Target): PictureState {
  const detail = chooseDetail(frame.progressive, pixelsPerTargetPixel(frame, target));
  const grid = layOutGrid(frame, target, chooseCells(frame, target));
  const cellsAcross = grid.columns.edges.length - 1;
  const cells = cellsAcross * (grid.rows.edges.length - 1);
  const layouts = frame.components.map((component) => blockLayout(frame, component));
  const blocks = layouts.map(({ paddedAcross, paddedDown }) => paddedAcross * paddedDown);
  const refined = chooseRefined(blocks, frame.components.length * cells * Float32Array.BYTES_PER_ELEMENT);
  const wanted = wantedCoefficients(detail.frequencies);
  const lastWanted = wanted.map((flags) => flags.lastIndexOf(1));
  const weightsOf = sharedWeights(detail.frequencies);

  const components = frame.components.map((header, i): Component => {
    const layout = layouts[i]!;
    const upsampling = upsamplings(frame, header, layout);
    const columns = weightsOf(layout.paddedAcross, grid.columns.edges, upsampling.columns);
    const rows = weightsOf(layout.paddedDown, grid.rows.edges, upsampling.rows);
    const touched = meanCount(columns) * meanCount(rows);
    return {
      ...header,
      ...layout,
      ...{ columns, rows, cellsAcross, wanted, lastWanted },
      sums: new Float32Array(cells),
      touched,
      gathered: touched >= GATHER_FROM ? new Float64Array(64) : null,
      gatheredRows: 0,
      magnitudeStep: 0,
      clamped: 0,
      known: frame.progressive && detail.refined && refined[i] ? newKnown(blocks[i]!) : null,
      precision: new Int8Array(64).fill(-1),
      quantisationTable: noQuantisation,
      ...{ dc: noCodes, ac: noCodes, predictor: 0 },
    };
  });
  return { frame, detail, grid, components };
}

/** Stand in for tables until a component's first scan. */
const noCodes = huffmanTable(new Uint8Array(16), new Uint8Array(0));
const noQuantisation = new Float64Array(64);

/** Components of the same sampling, and the axes of a square, have the same weights. */
function sharedWeights(frequencies: number) {
  const made = new Map<string, AreaWeights>();
  return (blocks: number, edges: Float64Array, upsampling: Upsampling): AreaWeights => {
    const key = JSON.stringify([blocks, upsampling, edges.length, edges[0], edges[1], edges.at(-1)]);
    const found = made.get(key) ?? areaWeights(blocks, edges, upsampling, frequencies);
    made.set(key, found);
    return found;
  };
}

function meanCount({ count }: AreaWeights): number {
  return count.reduce((sum, each) => sum + each, 0) / count.length;
}
