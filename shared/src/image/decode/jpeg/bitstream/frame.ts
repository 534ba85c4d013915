/** The frame header and the sizes that follow from it (ITU-T T.81, B.2.2, A.1.1 and A.2). */
import { undecodable } from '../undecodable.ts';
import { isFrame, SOF0_BASELINE, SOF1_EXTENDED, SOF2_PROGRESSIVE } from './markers.ts';

export interface FrameHeader {
  /** As stored, in pixels: before orientation. */
  readonly width: number;
  /** 0 if a DNL marker after the first scan gives the number of lines. */
  readonly height: number;
  readonly progressive: boolean;
  readonly components: readonly ComponentHeader[];
}

export interface ComponentHeader {
  readonly id: number;
  /** Sampling factors, 1-4: blocks per MCU in each direction. */
  readonly horizontal: number;
  readonly vertical: number;
  /** Destination (slot) of the quantization table, 0-3. */
  readonly quantization: number;
}

/** How the blocks of a component are laid out. */
export interface BlockLayout {
  /** Samples that the image covers. */
  readonly samplesAcross: number;
  readonly samplesDown: number;
  /** Blocks that cover these samples: what a scan of this component alone contains. */
  readonly blocksAcross: number;
  readonly blocksDown: number;
  /** Blocks of complete MCUs: what a scan of several components contains. */
  readonly paddedAcross: number;
  readonly paddedDown: number;
}

const names: Readonly<Record<number, string>> = {
  195: 'lossless',
  197: 'hierarchical',
  198: 'hierarchical',
  199: 'hierarchical',
};

/**
 * @param code of the frame's marker
 * @throws {ImageError} image-undecodable if the header is damaged, or its process, depth or component count is not supported
 */
export function readFrameHeader(code: number, body: Uint8Array): FrameHeader {
  const process = frameProcess(code);
  const count = body[5] ?? 0;
  if (body.length < 6 + 3 * count) throw undecodable('is damaged: its frame header is truncated; save it again');
  const [precision = 0, highHeight = 0, lowHeight = 0, highWidth = 0, lowWidth = 0] = body;
  if (precision !== 8) throw undecodable(`has ${precision} bits per sample; save it with 8`);
  if (count !== 1 && count !== 3 && count !== 4) throw undecodable(`has ${count} components; save it as RGB`);
  const width = (highWidth << 8) | lowWidth;
  const height = (highHeight << 8) | lowHeight;
  if (width === 0) throw undecodable(`declares a size of ${width} x ${height}; save it again`);
  const components = Array.from({ length: count }, (_, i) => {
    const [id = 0, factors = 0, quantization = 0] = body.subarray(6 + 3 * i);
    return { id, horizontal: factors >> 4, vertical: factors & 15, quantization };
  });
  for (const { horizontal, vertical } of components) {
    if (horizontal >= 1 && horizontal <= 4 && vertical >= 1 && vertical <= 4) continue;
    throw undecodable(`is damaged: it declares sampling factors of ${horizontal} x ${vertical}; save it again`);
  }
  return { width, height, progressive: process === 'progressive', components };
}

function frameProcess(code: number): 'sequential' | 'progressive' {
  if (code === SOF0_BASELINE || code === SOF1_EXTENDED) return 'sequential';
  if (code === SOF2_PROGRESSIVE) return 'progressive';
  const name = names[code] ?? (isFrame(code) ? 'arithmetic' : 'unknown');
  throw undecodable(`uses the ${name} process, which isn't supported; save it as a baseline or progressive JPEG`);
}

/** The largest sampling factors: the width and height of an MCU in blocks. */
export function largestFactors({ components }: FrameHeader): { horizontal: number; vertical: number } {
  return {
    horizontal: Math.max(...components.map(({ horizontal }) => horizontal)),
    vertical: Math.max(...components.map(({ vertical }) => vertical)),
  };
}

export function mcuCounts(frame: FrameHeader): { across: number; down: number } {
  const largest = largestFactors(frame);
  return {
    across: Math.ceil(frame.width / (8 * largest.horizontal)),
    down: Math.ceil(frame.height / (8 * largest.vertical)),
  };
}

export function blockLayout(frame: FrameHeader, { horizontal, vertical }: ComponentHeader): BlockLayout {
  const largest = largestFactors(frame);
  const { across, down } = mcuCounts(frame);
  const samplesAcross = Math.ceil((frame.width * horizontal) / largest.horizontal);
  const samplesDown = Math.ceil((frame.height * vertical) / largest.vertical);
  return {
    samplesAcross,
    samplesDown,
    blocksAcross: Math.ceil(samplesAcross / 8),
    blocksDown: Math.ceil(samplesDown / 8),
    paddedAcross: across * horizontal,
    paddedDown: down * vertical,
  };
}
