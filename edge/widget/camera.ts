/** The camera: a stream that is on only while its preview is seen. */

type Facing = 'environment' | 'user';

/** Good enough for any model, and small enough for a phone's memory. */
const IDEAL_WIDTH = 1280;

export class Camera {
  #stream: MediaStream | undefined;
  /** Counts openings: one that was closed while the browser still asked for permission must not stay on. */
  #opening = 0;

  /** @throws {DOMException} as getUserMedia does @returns undefined where it was closed meanwhile */
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

/** What the video shows, as a JPEG. @returns undefined while it shows nothing yet */
export async function photoOf(video: HTMLVideoElement): Promise<File | undefined> {
  if (video.videoWidth === 0) return undefined;
  const canvas = document.createElement('canvas');
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  canvas.getContext('2d')?.drawImage(video, 0, 0);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', 0.95));
  return blob ? new File([blob], '', { type: blob.type }) : undefined;
}
