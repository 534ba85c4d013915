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

/** A picture that the endpoint is to fetch by itself, from a host that its owner allows. */
export interface PictureAt {
  /** `https://…` */
  readonly url: string;
}

/** Text and URL are addresses that are fetched from here; `data:` and `blob:` are too. */
export type Picture =
  | Blob
  | ArrayBuffer
  | ArrayBufferView<ArrayBuffer>
  | Drawable
  | NativeFile
  | PictureAt
  | string
  | URL;

export type Opened =
  | { readonly kind: 'file'; readonly file: Blob | Uint8Array<ArrayBuffer> }
  | { readonly kind: 'drawable'; readonly drawable: Drawable }
  | { readonly kind: 'native'; readonly native: NativeFile }
  | { readonly kind: 'address'; readonly url: string };

/** @throws {BadRequestError} `picture-invalid` @throws {ConnectionError} `picture-unreachable` */
export async function openPicture(picture: Picture, fetchIt: typeof fetch, signal?: AbortSignal): Promise<Opened> {
  // As every realm and frame calls its own; React Native's Blob has no name of its own.
  const name = Object.prototype.toString.call(picture).slice(8, -1);
  if (name === 'String' || name === 'URL')
    return { kind: 'file', file: await fetched(String(picture), fetchIt, signal) };
  if (name === 'Blob' || name === 'File' || picture instanceof Blob) return { kind: 'file', file: picture as Blob };
  if (name === 'ArrayBuffer') return { kind: 'file', file: new Uint8Array(picture as ArrayBuffer) };
  if (ArrayBuffer.isView(picture)) {
    return { kind: 'file', file: new Uint8Array(picture.buffer, picture.byteOffset, picture.byteLength) };
  }
  if (DRAWABLE.test(name) || isPixels(picture)) return { kind: 'drawable', drawable: picture as Drawable };
  const { uri, url } = (picture ?? {}) as Partial<NativeFile & PictureAt>;
  if (uri) return { kind: 'native', native: picture as NativeFile };
  if (url) return { kind: 'address', url };
  throw new BadRequestError(
    'picture-invalid',
    'A picture is a File, Blob, bytes, an address, ImageData, or what a browser can draw.',
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
    'picture-unreachable',
    `${shown} gave no picture: ${reason}. A page may read what its own host or CORS allows.`,
    { cause: reason },
  );
}
