/** The scan header (ITU-T T.81, B.2.3). */
import { undecodable } from '../undecodable.ts';
import type { FrameHeader } from './frame.ts';

export interface ScanHeader {
  readonly components: readonly ScanComponent[];
  /** Spectral selection: the first and last coefficient in zigzag order; 0 and 63 in sequential scans. */
  readonly from: number;
  readonly to: number;
  /** Successive approximation: the bit position of the previous scan, or 0, and that of this scan. */
  readonly high: number;
  readonly low: number;
}

export interface ScanComponent {
  /** Index in the frame. */
  readonly index: number;
  /** Destinations (slots) of the Huffman tables, 0-3. */
  readonly dc: number;
  readonly ac: number;
}

/** @throws {ImageError} image-undecodable for combinations that T.81 forbids */
export function readScanHeader(body: Uint8Array, frame: FrameHeader): ScanHeader {
  const count = body[0] ?? 0;
  if (count < 1 || count > 4 || body.length < 4 + 2 * count) throw damaged('is truncated');
  const components: ScanComponent[] = [];
  for (let i = 0; i < count; i++) {
    const [requested = 0, tables = 0] = body.subarray(1 + 2 * i);
    // Some encoders give all components the same id and rely on their order.
    const index = frame.components.findIndex(
      ({ id }, at) => id === requested && !components.some((taken) => taken.index === at),
    );
    if (index < 0) throw damaged('names a component that is not in the frame');
    components.push({ index, dc: tables >> 4, ac: tables & 15 });
  }
  // Sequential scans must declare 0, 63, 0, 0. Not all do, and libjpeg ignores it.
  if (!frame.progressive) return { components, from: 0, to: 63, high: 0, low: 0 };
  const [from = 0, to = 0, approximation = 0] = body.subarray(1 + 2 * count);
  const low = approximation & 15;
  if (from > to || to > 63 || low > 13 || (from === 0 && to > 0) || (from > 0 && count > 1)) {
    throw damaged(`requests coefficients ${from} to ${to} of ${count} components`);
  }
  return { components, from, to, high: approximation >> 4, low };
}

function damaged(problem: string) {
  return undecodable(`is damaged: a scan header ${problem}; save it again`);
}
