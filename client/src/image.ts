/** What can be given to be classified, and what it is when it is sent. */
import { BadRequestError } from './errors/bad-request-error.ts';
import { ConnectionError } from './errors/connection-error.ts';
import { isPixels } from './pixels.ts';

/** What a browser can draw. */
export type Drawable =
  | HTMLImageElement
  | HTMLCanvasElement
  | HTMLVideoElement
  | OffscreenCanvas
  | ImageBitmap
  | ImageData
  | VideoFrame;

/** A file of React Native: what its image pickers give. */
export interface NativeFile {
  /** `file://…`, `content://…`, `ph://…` */
  readonly uri: string;
  readonly name?: string | null;
  readonly type?: string | null;
}

/** An image that the endpoint is to fetch by itself, from a host that its owner allows. */
export interface ImageAt {
  /** `https://…` */
  readonly url: string;
}

/** Text and URL are addresses that are fetched from here; `data:` and `blob:` are too. */
export type Image = Blob | ArrayBuffer | ArrayBufferView<ArrayBuffer> | Drawable | NativeFile | ImageAt | string | URL;

export type Opened =
  | { readonly kind: 'file'; readonly file: Blob | Uint8Array<ArrayBuffer> }
  | { readonly kind: 'drawable'; readonly drawable: Drawable }
  | { readonly kind: 'native'; readonly native: NativeFile }
  | { readonly kind: 'address'; readonly url: string };

/** @throws {BadRequestError} `image-invalid` @throws {ConnectionError} `image-unreachable` */
export async function openImage(image: Image, fetchIt: typeof fetch, signal?: AbortSignal): Promise<Opened> {
  // As every realm and frame calls its own; React Native's Blob has no name of its own.
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
    'An image is a File, Blob, bytes, an address, ImageData, or what a browser can draw.',
  );
}

const DRAWABLE = /^(HTML(Image|Canvas|Video)Element|OffscreenCanvas|ImageBitmap|ImageData|VideoFrame)$/;

async function fetched(address: string, fetchIt: typeof fetch, signal?: AbortSignal): Promise<Blob> {
  let reason: unknown;
  try {
    const response = await fetchIt(address, { credentials: 'omit', ...(signal ? { signal } : {}) });
    if (response.ok) return await response.blob();
    reason = `it answered ${response.status}`;
  } catch (cause) {
    if (signal?.aborted) throw cause;
    reason = cause;
  }
  const shown = address.startsWith('data:') ? 'The data: address' : address;
  throw new ConnectionError(
    'image-unreachable',
    `${shown} gave no image: ${reason}. A page may read what its own host or CORS allows.`,
    { cause: reason },
  );
}
