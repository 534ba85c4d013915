/** ImageData, which needs no canvas and is in Node just an object of that shape. */

export function isPixels(image: unknown): image is ImageData {
  const { data, width, height } = (image ?? {}) as Partial<ImageData>;
  return ArrayBuffer.isView(data) && data.byteLength === (width ?? 0) * (height ?? 0) * 4;
}
