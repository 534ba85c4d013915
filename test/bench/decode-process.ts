/**
 * Runs one decoder in its own Node process: `node decode-process.ts NAME FILE RUNS` prints the growth of memory during the
 * first decode of the file, and the CPU time of each of RUNS further decodes.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { compileWasmFile } from '@glimpse/shared/model/runtime/wasm-file';
import type { DecodeCost, NodeDecoderName } from './compare-decoders.ts';
import { type Decode, openDecoders } from './competitors/decoders.ts';

const [, , name, file, runs] = process.argv as unknown as [string, string, NodeDecoderName, string, string];
const decode = await openDecoder(name);
const bytes = new Uint8Array(await readFile(file));
// Exclude the memory for loading the code, including its peak.
await decode(new Uint8Array(await readFile(new URL('../../examples/cat.png', import.meta.url))));

await peakBytes();
const before = await peakBytes();
await decode(bytes);
const grownBytes = (await peakBytes()) - before;

const cpuMs: number[] = [];
for (let run = 0; run < Number(runs); run++) {
  const start = process.cpuUsage();
  await decode(bytes);
  const { user, system } = process.cpuUsage(start);
  cpuMs.push((user + system) / 1000);
}
const cost: DecodeCost = { grownBytes, cpuMs };
console.log(JSON.stringify(cost));

/** The peak resident size since the last call. Linux only, because other systems cannot reset the peak. */
async function peakBytes(): Promise<number> {
  const kib = /^VmHWM:\s+(\d+) kB$/m.exec(await readFile('/proc/self/status', 'utf8'))?.[1];
  await writeFile('/proc/self/clear_refs', '5');
  return Number(kib) * 1024;
}

async function openDecoder(name: NodeDecoderName): Promise<Decode> {
  if (name === 'sharp') {
    const { default: sharp } = await import('sharp');
    sharp.concurrency(1);
    return (bytes) => sharp(bytes, { limitInputPixels: false }).resize(32, 32, { fit: 'fill' }).raw().toBuffer();
  }
  return openDecoders({
    jpeg: compileWasmFile('@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm'),
    png: compileWasmFile('@jsquash/png/codec/pkg/squoosh_png_bg.wasm'),
    webp: compileWasmFile('@jsquash/webp/codec/dec/webp_dec.wasm'),
  })[name];
}
