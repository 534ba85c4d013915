/** The kinds of image that a caller can pass, and how each is sent. */
import { BadRequestError, ConnectionError } from './errors.ts';

/** Whatever a browser can draw on a canvas. */
export type Drawable =
  | HTMLImageElement
  | HTMLCanvasElement
  | HTMLVideoElement
  | OffscreenCanvas
  | ImageBitmap
  | ImageData
  | VideoFrame;

/** A file in React Native, as its image pickers return it. */
export interface NativeFile {
  /** `file://…`, `content://…`, `ph://…` */
  readonly uri: string;
  readonly name?: string | null;
  readonly type?: string | null;
}

/** An image that the endpoint fetches, from a host that its owner allows. */
export interface ImageAt {
  /** `https://…` */
  readonly url: string;
}

/** A string or URL, including `data:` and `blob:`, is fetched by the client. */
export type Image = Blob | ArrayBuffer | ArrayBufferView<ArrayBuffer> | Drawable | NativeFile | ImageAt | string | URL;

export type Opened =
  | { readonly kind: 'file'; readonly file: Blob | Uint8Array<ArrayBuffer> }
  | { readonly kind: 'drawable'; readonly drawable: Drawable }
  | { readonly kind: 'native'; readonly native: NativeFile }
  | { readonly kind: 'address'; readonly url: string };

/** @throws {BadRequestError} `image-invalid` @throws {ConnectionError} `image-unreachable` */
export async function openImage(image: Image, fetchIt: typeof fetch, signal?: AbortSignal): Promise<Opened> {
  // Class names, because `instanceof` fails across realms and frames. React Native's Blob has no class name.
  const name = Object.prototype.toString.call(image).slice(8, -1);
  if (name === 'String' || name === 'URL') return { kind: 'file', file: await fetched(String(image), fetchIt, signal) };
  if (name === 'Blob' || name === 'File' || image instanceof Blob) return { kind: 'file', file: image as Blob };
  if (name === 'ArrayBuffer') return { kind: 'file', file: new Uint8Array(image as ArrayBuffer) };
  if (ArrayBuffer.isView(image)) {
    return { kind: 'file', file: new Uint8Array(image.buffer, image.byteOffset, image.byteLength) };
  }
  if (DRAWABLE.test(name) || isPixels(image)) return { kind: 'drawable', drawable: image as Drawable };
  const { uri, url } = (image ?? {}) as Partial<NativeFile & ImageAt>;
  if (uri) return { kind: 'native', native: image as NativeFile };
  if (url) return { kind: 'address', url };
  throw new BadRequestError(
    'image-invalid',
    'image must be a File, Blob, bytes, URL, ImageData, or something that a browser can draw.',
  );
}

const DRAWABLE = /^(HTML(Image|Canvas|Video)Element|OffscreenCanvas|ImageBitmap|ImageData|VideoFrame)$/;

async function fetched(address: string, fetchIt: typeof fetch, signal?: AbortSignal): Promise<Blob> {
  let reason: unknown;
  try {
    const response = await fetchIt(address, { credentials: 'omit', ...(signal ? { signal } : {}) });
    if (response.ok) return await response.blob();
    reason = `HTTP ${response.status}`;
  } catch (cause) {
    if (signal?.aborted) throw cause;
    reason = cause;
  }
  const shown = address.startsWith('data:') ? 'The data: URL' : address;
  throw new ConnectionError(
    'image-unreachable',
    `${shown} could not be fetched: ${reason}. Other origins must allow it by CORS.`,
    { cause: reason },
  );
}

/** ImageData, which in Node is any object of that shape. */
export function isPixels(image: unknown): image is ImageData {
  const { data, width, height } = (image ?? {}) as Partial<ImageData>;
  return ArrayBuffer.isView(data) && data.byteLength === (width ?? 0) * (height ?? 0) * 4;
}
