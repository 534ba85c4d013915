/** One image → its most probable classes: decode and infer, the two steps of the pipeline that know nothing of HTTP. */
import type { ClassifyAnswer } from '@glimpse/shared/api/classify';
import { pixelLimits, RETRY_AFTER_SECONDS } from '@glimpse/shared/api/limits';
import { Problem } from '@glimpse/shared/api/problems';
import { type InputContract, pixelCount } from '@glimpse/shared/image/input-contract';
import { topClasses } from '@glimpse/shared/model/network/predictions';
import type { SentImage } from '../body/open-body.ts';
import { signedId } from '../feedback/signed-id.ts';
import type { Isolate } from '../isolate.ts';
import type { ModelLease } from '../model/served-model.ts';

/** Values in the model's input size, normalized as its input contract says. */
export interface SentTensor {
  readonly kind: 'tensor';
  readonly values: Float32Array;
}

/** The answer's part about the image, and how long it took in milliseconds. */
export interface Classified extends Pick<ClassifyAnswer, 'predictions' | 'uncertain' | 'image'> {
  /** The highest score, even if it is below the threshold. */
  readonly confidence: number;
  /** Signed, for feedback. Undefined unless the endpoint accepts feedback. */
  readonly id?: string;
  readonly timing: { readonly decode: number; readonly infer: number };
}

export interface ImageSource {
  /** Called in the queue's turn: decoding a body takes memory too. */
  readonly open: () => Promise<SentImage> | SentImage | SentTensor;
  /** 1 to the number of classes. */
  readonly topK: number;
  /** Classes with a lower score are omitted from the answer. */
  readonly threshold?: number | undefined;
  /** There is nothing to decode, so the image takes a millisecond or two. */
  readonly brief?: boolean;
}

/**
 * Waits for its turn in the queue. One turn per image, so that no caller holds up the others.
 *
 * @param signal if aborted, the image leaves the queue; a computation that has begun goes on
 * @throws {Problem} busy, out-of-time, model-unavailable, pixels-wrong-length, and what `open` throws
 * @throws {ImageError}
 */
export async function classifyImage(
  isolate: Isolate,
  lease: ModelLease,
  { open, topK, threshold = 0, brief = false }: ImageSource,
  signal: AbortSignal,
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
      // Feedback is about images, not tensors.
      const { signer } = isolate;
      const id = signer && sent.kind !== 'tensor' ? await signedId(signer, sent, scores, manifest) : undefined;
      const best = topClasses(scores, topK);
      const confidence = best[0]!.score;
      const predictions = best
        .filter(({ score }) => score >= threshold)
        .map(({ index, score }) => ({ label: manifest.labels[index]!, index, score }));
      const { rejectionThreshold } = manifest;
      return {
        ...(id === undefined ? {} : { id }),
        predictions,
        ...(rejectionThreshold === undefined ? {} : { uncertain: confidence < rejectionThreshold }),
        image: { format, width, height },
        confidence,
        timing,
      };
    },
    signal,
    brief,
  );
}

export function answerOf(id: string, { manifest, channel }: ModelLease, classified: Classified): ClassifyAnswer {
  const { timing: _, confidence: __, ...answer } = classified;
  return { id, model: { name: manifest.model, version: manifest.version, channel }, ...answer };
}

/** Pixels and tensors have the model's input size. Their format is `rgb8`, or `grey8` for a model with one channel. */
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
      `The model's input is ${height} x ${width} x ${channels} = ${expected} bytes, row by row. The body has ${bytes.length} bytes.`,
      { extensions: { expected, actual: bytes.length, height, width, channels } },
    );
  }
  return { format, width, height, pixels: bytes };
}

type Input = { readonly pixels: Uint8Array } | { readonly values: Float32Array };

function infer(input: Input, { classifier }: ModelLease, { modelCache }: Isolate): Float32Array {
  const retry = { retryAfter: RETRY_AFTER_SECONDS };
  if (!classifier) throw new Problem('busy', 'The model is being reloaded. Try again.', retry);
  try {
    return 'values' in input ? classifier.classifyTensor(input.values) : classifier.classify(input.pixels);
  } catch (cause) {
    if (!modelCache.discardAfter(cause)) throw cause;
    throw new Problem('model-unavailable', 'The network ran out of memory and is being reloaded. Try again.', {
      ...retry,
      cause,
    });
  }
}
