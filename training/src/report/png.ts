/** SVG → PNG, the same on every machine. */
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';

/** Twice the SVG's size, for sharp screens. */
const DENSITY = 144;

/**
 * @param svg whose texts are in Lato (Open Font License), or their fallback
 */
export async function pngOf(svg: string): Promise<Buffer> {
  await loadFont();
  return sharp(Buffer.from(svg), { density: DENSITY }).png({ compressionLevel: 9, palette: true }).toBuffer();
}

let loaded: Promise<unknown> | undefined;

/**
 * A bare machine has no fonts and draws a box for every letter. libvips adds a text's `fontfile` to the process' fonts,
 * where the SVG renderer finds it.
 */
function loadFont(): Promise<unknown> {
  const fontfile = fileURLToPath(import.meta.resolve('@expo-google-fonts/lato/400Regular/Lato_400Regular.ttf'));
  loaded ??= sharp({ text: { text: 'a', font: 'Lato', fontfile } }).toBuffer();
  return loaded;
}
