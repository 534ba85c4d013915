/** Adds a row of MCUs to the cells, whose coefficients were read by several scans. */
import { type BlockSource, type Clamping, SPREAD } from '../average/clamping.ts';
import { addCoefficient, addDc, type Component, flushPending } from '../average/component.ts';
import { ZIGZAG } from '../bitstream/quantization.ts';
import { zerosAhead } from './coefficient-band.ts';
import { SeenBlocks } from './scanned-component.ts';

export class BandBlocks implements BlockSource {
  readonly #components: readonly Component[];
  readonly #clamping: Clamping | null;
  readonly #indices: readonly number[];
  readonly #seen: readonly SeenBlocks[];
  #column = 0;

  constructor(components: readonly Component[], clamping: Clamping | null) {
    this.#components = components;
    this.#clamping = clamping;
    this.#indices = components.map((_, i) => i);
    this.#seen = components.map(() => new SeenBlocks(0));
  }

  /** Adds a row of MCUs to the cells and clears the bands. */
  addRow(row: number, across: number): void {
    for (let column = 0; column < across; column++) {
      for (let i = 0; i < this.#components.length; i++) addBlocks(this.#components[i]!, this.#seen[i]!, column, row);
      if (!this.#clamping?.suspects(this.#seen)) continue;
      this.#column = column;
      this.#clamping.clamp(column, row, this, this.#indices);
    }
    for (const { band } of this.#components) {
      band!.coefficients.fill(0);
      band!.nonZero.fill(0);
    }
  }

  load(index: number, place: number, block: Float64Array): number {
    const { band, horizontal, paddedAcross, quantizationTable } = this.#components[index]!;
    const { kept, coefficients, nonZero } = band!;
    const down = Math.floor(place / horizontal);
    const at = down * paddedAcross + this.#column * horizontal + place - down * horizontal;
    let rows = 1;
    block[0] = coefficients[at * kept]! * quantizationTable[0]!;
    for (let half = 0; half < 2; half++) {
      for (let left = nonZero[at * 2 + half]!; left !== 0; left &= left - 1) {
        const k = half * 32 + zerosAhead(left, 0);
        const to = ZIGZAG[k]!;
        block[to] = coefficients[at * kept + k]! * quantizationTable[k]!;
        rows = Math.max(rows, (to >> 3) + 1);
      }
    }
    return rows;
  }
}

/** Adds the blocks of one component of an MCU to the cells. */
function addBlocks(component: Component, seen: SeenBlocks, mcuColumn: number, mcuRow: number): void {
  const { band, horizontal, vertical, paddedAcross, quantizationTable } = component;
  const { kept, coefficients, nonZero } = band!;
  for (let v = 0; v < vertical; v++) {
    for (let h = 0; h < horizontal; h++) {
      const column = mcuColumn * horizontal + h;
      const row = mcuRow * vertical + v;
      const at = v * paddedAcross + column;
      const first = at * kept;
      const dc = coefficients[first]! * quantizationTable[0]!;
      addDc(component, column, row, dc);
      const isUsed = component.isUsed[(component.rows.ac[row]! << 1) | component.columns.ac[column]!]!;
      let sum = 0;
      for (let half = 0; half < 2; half++) {
        for (let left = nonZero[at * 2 + half]!; left !== 0; left &= left - 1) {
          const k = half * 32 + zerosAhead(left, 0);
          const value = coefficients[first + k]! * quantizationTable[k]!;
          sum += Math.abs(value);
          if (isUsed[k]) addCoefficient(component, column, row, ZIGZAG[k]!, value);
        }
      }
      if (component.pendingRows !== 0) flushPending(component, column, row);
      seen.include(dc, sum * SPREAD);
    }
  }
}
