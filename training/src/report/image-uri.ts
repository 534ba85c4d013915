import type { InputContract } from '@glimpse/shared/image/input-contract';
import sharp from 'sharp';

/** Twice the size at which the report shows an image; a larger one would only make the file heavy. */
const MAX_SIDE = 192;

/** @param pixels [height, width, channels], 0-255 */
export async function imageUri(
  pixels: Uint8Array,
  { height, width, channels }: Pick<InputContract, 'height' | 'width' | 'channels'>,
): Promise<string> {
  const png = await sharp(pixels, { raw: { height, width, channels } })
    .resize(MAX_SIDE, MAX_SIDE, { fit: 'inside', withoutEnlargement: true })
    .png({ compressionLevel: 9 })
    .toBuffer();
  return `data:image/png;base64,${png.toString('base64')}`;
}
