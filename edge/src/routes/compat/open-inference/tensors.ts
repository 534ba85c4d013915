/** The input and output tensors of a model in the Open Inference Protocol. */
import type { TensorMetadata } from '@glimpse/shared/api/open-inference';
import { type InputContract, pixelCount } from '@glimpse/shared/image/input-contract';
import type { Manifest } from '@glimpse/shared/release/manifest';

export type InputName = 'picture' | 'pixels' | 'tensor';

type Shape = Readonly<Record<'height' | 'width' | 'channels', number>>;

/** `picture` is an image file; `pixels` and `tensor` have the model's input size. A request has one of them. */
export function inputsOf({ height, width, channels }: Shape) {
  const shape = [-1, height, width, channels];
  return [
    { name: 'picture', datatype: 'BYTES', shape: [-1] },
    { name: 'pixels', datatype: 'UINT8', shape },
    { name: 'tensor', datatype: 'FP32', shape },
  ] as const satisfies (TensorMetadata & { name: InputName })[];
}

export function outputsOf({ labels }: Pick<Manifest, 'labels'>) {
  return [
    { name: 'scores', datatype: 'FP32', shape: [-1, labels.length] },
    { name: 'label', datatype: 'BYTES', shape: [-1] },
    { name: 'index', datatype: 'INT32', shape: [-1] },
  ] as const satisfies TensorMetadata[];
}

/** The number of elements per image. */
export function elementsOf(name: InputName, contract: InputContract): number {
  return name === 'picture' ? 1 : pixelCount(contract);
}
