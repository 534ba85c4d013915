/**
 * One image → its most probable classes, by the release that is asked for. Knows nothing of HTTP: every route that
 * classifies, in whatever dialect, brings its images here.
 */
import type { ClassifyAnswer } from '@glimpse/shared/api/classify';
import { pixelLimits, RETRY_AFTER_SECONDS } from '@glimpse/shared/api/limits';
import { Problem } from '@glimpse/shared/api/problems';
import { type InputContract, pixelCount } from '@glimpse/shared/image/input-contract';
import { topClasses } from '@glimpse/shared/model/network/predictions';
import { raceAbort } from '../body/deadline.ts';
import type { SentImage } from '../body/open-body.ts';
import { signedId } from '../feedback/signed-id.ts';
import type { Isolate } from '../isolate.ts';
import type { ReleaseSelector } from '../model/release-selector.ts';
import { isFatalBackendError } from '../model/runtime/runtime.ts';
import type { ModelLease } from '../model/served-model.ts';
import type { WaitUntil } from '../model/single-flight.ts';

/** Numbers in the model's own size, normalized as its input contract says: what it computes with. */
export interface SentTensor {
  readonly kind: 'tensor';
  readonly values: Float32Array;
}

/** What the answer says of the image, and how long it took in milliseconds. */
export interface Classified extends Pick<ClassifyAnswer, 'predictions' | 'uncertain' | 'image'> {
  /** What feedback is sent with; only where it is taken. */
  readonly id?: string;
  readonly timing: { readonly decode: number; readonly infer: number };
}

/**
 * Loaded if need be, while `use` works with it.
 *
 * @throws as `Models.acquire`; the signal's reason, where that comes first
 */
export async function withRelease<T>(
  isolate: Isolate,
  selector: ReleaseSelector,
  { keeper, signal }: { readonly keeper: WaitUntil; readonly signal: AbortSignal },
  use: (lease: ModelLease) => Promise<T>,
): Promise<T> {
  const acquired = isolate.models.acquire(selector, keeper);
  let lease: ModelLease;
  try {
    lease = await raceAbort(signal, acquired);
  } catch (error) {
    // It may come when nobody waits for it any more.
    acquired.then((late) => late.release()).catch(() => {});
    throw error;
  }
  try {
    return await use(lease);
  } finally {
    lease.release();
  }
}

export interface Image {
  /** What was sent; called in the turn, since unwrapping a body takes memory as well. */
  readonly open: () => Promise<SentImage> | SentImage | SentTensor;
  /** 1 to the number of classes. */
  readonly topK: number;
  /** Whether there is nothing to decode, so that it takes a millisecond or two. */
  readonly brief?: boolean;
  /** Aborted, the image takes no turn any more; within its turn nothing stops the computation. */
  readonly signal: AbortSignal;
}

/**
 * Waits for its turn; one image, one turn, so that no caller holds up the others.
 *
 * @throws {Problem} busy, out-of-time, model-unavailable, pixels-wrong-length, and what `open` throws
 * @throws {ImageError}
 */
export async function classifyImage(
  isolate: Isolate,
  lease: ModelLease,
  { open, topK, brief = false, signal }: Image,
): Promise<Classified> {
  const { manifest } = lease;
  return isolate.queue.run(
    async () => {
      const begun = performance.now();
      const sent = await open();
      const { format, width, height, ...input } = await readSent(sent, manifest.input, isolate);
      const decoded = performance.now();
      const scores = infer(input, lease, isolate);
      const timing = { decode: decoded - begun, infer: performance.now() - decoded };
      // Of a tensor there is no image that feedback could be about.
      const id = sent.kind === 'tensor' ? undefined : await signedId(isolate.signer, sent, scores, manifest);
      const predictions = topClasses(scores, topK).map(({ index, score }) => ({
        label: manifest.labels[index]!,
        index,
        score,
      }));
      const { rejectionThreshold } = manifest;
      return {
        ...(id === undefined ? {} : { id }),
        predictions,
        ...(rejectionThreshold === undefined ? {} : { uncertain: predictions[0]!.score < rejectionThreshold }),
        image: { format, width, height },
        timing,
      };
    },
    signal,
    brief,
  );
}

export function answerOf(id: string, { manifest, channel }: ModelLease, classified: Classified): ClassifyAnswer {
  const { timing: _, ...said } = classified;
  return { id, model: { name: manifest.model, version: manifest.version, channel }, ...said };
}

/** Pixels and tensors are of the model's size by definition, and called `rgb8`, or `grey8` where the model takes one channel. */
async function readSent(sent: SentImage | SentTensor, contract: InputContract, { readImage, settings }: Isolate) {
  const { height, width, channels } = contract;
  const format = channels === 3 ? ('rgb8' as const) : ('grey8' as const);
  if (sent.kind === 'tensor') return { format, width, height, values: sent.values };
  const { kind, bytes } = sent;
  if (kind === 'image') return readImage(bytes, contract, pixelLimits(settings.limits));
  const expected = pixelCount(contract);
  if (bytes.length !== expected) {
    throw new Problem(
      'pixels-wrong-length',
      `The model takes ${height} x ${width} x ${channels} = ${expected} bytes, row by row; the body has ${bytes.length}.`,
      { extensions: { expected, actual: bytes.length, height, width, channels } },
    );
  }
  return { format, width, height, pixels: bytes };
}

type Input = { readonly pixels: Uint8Array } | { readonly values: Float32Array };

function infer(input: Input, { classifier }: ModelLease, { shelf }: Isolate): Float32Array {
  const again = { retryAfter: RETRY_AFTER_SECONDS };
  if (!classifier) throw new Problem('busy', 'The model is being loaded again; try again.', again);
  try {
    return 'values' in input ? classifier.classifyTensor(input.values) : classifier.classify(input.pixels);
  } catch (cause) {
    if (!isFatalBackendError(cause)) throw cause;
    shelf.discardBackend();
    throw new Problem('model-unavailable', 'The network ran out of memory and is loaded again; try again.', {
      ...again,
      cause,
    });
  }
}
