/** The state of a decode, set up once the frame and the tables of the first scan are known: cells, weights, components. */
import type { Target } from '../../../area-average/cell-grid.ts';
import { type AreaWeights, areaWeights } from '../average/area-weights.ts';
import { Clamping, type ColorClamping } from '../average/clamping.ts';
import type { ColorModel } from '../average/color-convert.ts';
import { type Component, MIN_CELLS_TO_BUFFER, usedCoefficients } from '../average/component.ts';
import { chooseCells, chooseDetail, type Detail } from '../average/detail.ts';
import { type Grid, layOutGrid, pixelsPerTargetPixel } from '../average/grid.ts';
import { type Upsampling, upsamplings } from '../average/upsampling.ts';
import { blockLayout, type FrameHeader, largestFactors, mcuCounts } from '../bitstream/frame.ts';
import { MAX_CLAMPED_BLOCKS } from '../limits.ts';
import { coefficientBand } from './coefficient-band.ts';
import type { OpenScan } from './image-scan.ts';

export interface ImageState {
  readonly frame: FrameHeader;
  readonly detail: Detail;
  readonly grid: Grid;
  readonly components: readonly Component[];
  /** Whether one scan has all coefficients. */
  readonly single: boolean;
  /** Null if too few coefficients are read to clamp samples. */
  readonly clamping: Clamping | null;
  readonly open: OpenScan[];
  /** Color model of the sums once everything is read. */
  readonly model: ColorModel;
}

/**
 * @param target in the orientation of the stored image
 * @param single whether the first scan has all coefficients
 * @param inverted for inks: 0 is full ink
 */
export function prepareImage(
  frame: FrameHeader,
  target: Target,
  single: boolean,
  model: ColorModel,
  inverted: boolean,
): ImageState {
  const grid = layOutGrid(frame, target, chooseCells(frame, target));
  const cellsAcross = grid.columns.edges.length - 1;
  const cells = cellsAcross * (grid.rows.edges.length - 1);
  const layouts = frame.components.map((component) => blockLayout(frame, component));
  const blocks = layouts.reduce((sum, { paddedAcross, paddedDown }) => sum + paddedAcross * paddedDown, 0);
  const detail = chooseDetail(frame.progressive, pixelsPerTargetPixel(frame, target), {
    blocks,
    rowBlocks: layouts.reduce((sum, { paddedAcross }, i) => sum + paddedAcross * frame.components[i]!.vertical, 0),
    cellBytes: layouts.length * cells * Float32Array.BYTES_PER_ELEMENT,
  });
  const isUsed = usedCoefficients(detail.frequencies);
  const lastUsed = isUsed.map((flags) => flags.lastIndexOf(1));
  const weightsOf = sharedWeights(detail.frequencies);

  const components = frame.components.map((header, index): Component => {
    const layout = layouts[index]!;
    const upsampling = upsamplings(frame, header, layout);
    const blocks = layout.paddedAcross * header.vertical;
    return {
      ...header,
      ...layout,
      ...{ index, cellsAcross, isUsed, lastUsed, upsampling },
      ...weighted(
        weightsOf(layout.paddedAcross, grid.columns.edges, upsampling.columns),
        weightsOf(layout.paddedDown, grid.rows.edges, upsampling.rows),
      ),
      sums: new Float32Array(cells),
      band: single ? null : coefficientBand(blocks, detail.kept),
      precision: new Int8Array(64).fill(-1),
      quantizationTable: noQuantization,
    };
  });
  const byPixel = colorByPixel();
  const clamping = detail.kept === 64 && detail.frequencies === 8 ? clampingOf(components) : null;
  const mixed = clamping !== null && byPixel !== null && byPixel !== 'ycbcr';
  return { frame, detail, grid, components, single, clamping, open: [], model: mixed ? 'rgb' : model };

  function clampingOf(components: readonly Component[]): Clamping | null {
    // If cells are pixels, components that are not upsampled are clamped there.
    const isClamped = components.map(({ upsampling: { columns, rows } }) => !grid.pixels || isUpsampled(columns, rows));
    if (grid.pixels) return isClamped.includes(true) ? new Clamping(components, isClamped, null) : null;
    return new Clamping(components, isClamped, byPixel && colorClamping(components, byPixel));
  }

  /** Null if cells are pixels: then colors are converted at the end, which costs less. */
  function colorByPixel(): ColorClamping['model'] | null {
    if (grid.pixels || model === 'gray' || model === 'rgb') return null;
    return model === 'ycbcr' || blocks <= MAX_CLAMPED_BLOCKS ? model : null;
  }

  function colorClamping(components: readonly Component[], model: ColorClamping['model']): ColorClamping {
    const { horizontal, vertical } = largestFactors(frame);
    const mcus = mcuCounts(frame);
    const whole = { horizontal, vertical };
    const header = { ...components[0]!, ...whole };
    const upsampling = upsamplings(frame, header, blockLayout(frame, header));
    const columns = weightsOf(mcus.across * horizontal, grid.columns.edges, upsampling.columns);
    const rows = weightsOf(mcus.down * vertical, grid.rows.edges, upsampling.rows);
    return {
      ...whole,
      model,
      inverted,
      components: components.map((component) => ({ ...component, ...weighted(columns, rows) })),
    };
  }
}

function isUpsampled(columns: Upsampling, rows: Upsampling): boolean {
  return columns.factor !== columns.largestFactor || rows.factor !== rows.largestFactor;
}

function weighted(columns: AreaWeights, rows: AreaWeights) {
  const cellsPerBlock = meanCount(columns) * meanCount(rows);
  return {
    ...{ columns, rows, cellsPerBlock },
    pending: cellsPerBlock >= MIN_CELLS_TO_BUFFER ? new Float64Array(64) : null,
    pendingRows: 0,
  };
}

/** Placeholder until the first scan of a component. */
const noQuantization = new Float64Array(64);

/** Components with the same sampling, and the two axes of a square, share their weights. */
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
