/** Compares decoding images to tensors: our reader and jSquash's codecs in workerd, and both with sharp in Node. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { DecoderName } from './competitors/decoders.ts';
import type { Samples } from './measure.ts';
import { type Photo, photos } from './photos.ts';
import type { BuiltWorker } from './worker-build.ts';
import { type StartedWorker, startWorker } from './worker-start.ts';

export const nodeDecoderNames = ['glimpse', 'jsquash', 'sharp'] as const;
export type NodeDecoderName = (typeof nodeDecoderNames)[number];

/** The cost of one decoder for one image, in its own Node process. */
export interface DecodeCost {
  /** Growth of the process's peak resident size during the first decode. */
  readonly grownBytes: number;
  /** CPU time of all threads, one value per further decode. */
  readonly cpuMs: readonly number[];
}

export interface ImageResult {
  readonly name: string;
  /** The size of the file. */
  readonly bytes: number;
  /** Milliseconds in workerd, one value per round; without jSquash if the image is too large for it. */
  readonly workerd: Samples<'glimpse'> & Partial<Samples<DecoderName>>;
  readonly node: Partial<Record<NodeDecoderName, DecodeCost>>;
  /** Mean absolute difference of our pixels from jSquash's, from 0 to 255; null without jSquash. */
  readonly difference: number | null;
}

export interface ImageOptions {
  readonly rounds: number;
  readonly slotMs: number;
  readonly warmUpMs: number;
}

/** The maximum difference between two correct decoders. */
const MAX_DIFFERENCE = 3;

/** @param built decode-worker.ts */
export async function compareImages(built: BuiltWorker, options: ImageOptions): Promise<ImageResult[]> {
  const results: ImageResult[] = [];
  for await (const photo of photos()) {
    // One Worker per image, so that memory of one image does not affect the next.
    const worker = await startWorker(built);
    try {
      const { difference, samples } = await inWorkerd(worker, photo, options);
      results.push({
        name: photo.name,
        bytes: photo.bytes.length,
        workerd: samples,
        node: await inNode(photo, options.rounds),
        difference,
      });
    } finally {
      await worker.stop();
    }
  }
  return results;
}

async function inWorkerd(worker: StartedWorker, { name, bytes, huge }: Photo, options: ImageOptions) {
  const ask = async <Answer>(path: string, init?: RequestInit): Promise<Answer> => {
    const response = await worker.fetch(path, init);
    if (!response.ok) throw new Error(`The benchmark Worker answered ${response.status}: ${await response.text()}`);
    return response.json() as Promise<Answer>;
  };
  const { difference } = await ask<{ difference: number | null }>(`/open?alone=${huge}`, {
    method: 'POST',
    body: bytes,
  });
  if (difference !== null && !(difference <= MAX_DIFFERENCE))
    throw new Error(`${name}: the decoders differ by ${difference}.`);
  const { rounds, slotMs, warmUpMs } = options;
  const query = `rounds=${rounds}&slotMs=${slotMs}&warmUpMs=${warmUpMs}&alone=${huge}`;
  return { difference, samples: await ask<ImageResult['workerd']>(`/time?${query}`) };
}

async function inNode({ bytes, huge }: Photo, rounds: number): Promise<ImageResult['node']> {
  const folder = await mkdtemp(join(tmpdir(), 'glimpse-bench-'));
  try {
    const file = join(folder, 'image');
    await writeFile(file, bytes);
    const costs: ImageResult['node'] = {};
    for (const name of nodeDecoderNames.filter((each) => !huge || each !== 'jsquash')) {
      const program = join(import.meta.dirname, 'decode-process.ts');
      const { stdout } = await promisify(execFile)(process.execPath, [program, name, file, String(rounds)]);
      costs[name] = JSON.parse(stdout) as DecodeCost;
    }
    return costs;
  } finally {
    await rm(folder, { recursive: true });
  }
}
