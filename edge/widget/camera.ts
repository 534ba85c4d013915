/** The camera, which is on only while its preview is visible. */

type Facing = 'environment' | 'user';

/** Large enough for any model, and small enough for a phone's memory. */
const IDEAL_WIDTH = 1280;

export class Camera {
  #stream: MediaStream | undefined;
  /** Counts calls of open, to turn the camera off if it was closed while the browser asked for permission. */
  #opening = 0;

  /**
   * @returns undefined if it was closed in the meantime
   * @throws {DOMException} of getUserMedia
   */
  async open(facing: Facing): Promise<MediaStream | undefined> {
    this.close();
    const opening = ++this.#opening;
    const stream = await navigator.mediaDevices.getUserMedia({
      video: { facingMode: { ideal: facing }, width: { ideal: IDEAL_WIDTH } },
    });
    if (opening !== this.#opening) {
      stop(stream);
      return undefined;
    }
    this.#stream = stream;
    return stream;
  }

  close(): void {
    this.#opening++;
    if (this.#stream) stop(this.#stream);
    this.#stream = undefined;
  }
}

function stop(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

/** The current frame as a JPEG. @returns undefined if the video has no frame yet */
export async function takePhoto(video: HTMLVideoElement): Promise<File | undefined> {
  if (video.videoWidth === 0) return undefined;
  const canvas = document.createElement('canvas');
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  canvas.getContext('2d')?.drawImage(video, 0, 0);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', 0.95));
  return blob ? new File([blob], '', { type: blob.type }) : undefined;
}
