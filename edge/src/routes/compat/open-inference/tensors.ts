/** The tensors of a model in the Open Inference Protocol: which it takes, which it gives. */
import type { TensorMetadata } from '@glimpse/shared/api/open-inference';
import { type InputContract, pixelCount } from '@glimpse/shared/image/input-contract';
import type { Manifest } from '@glimpse/shared/release/manifest';

export type InputName = 'picture' | 'pixels' | 'tensor';

/** An image is a file; pixels and tensor are in the model's own size. One of them is sent. */
export function inputsOf({ height, width, channels }: InputContract) {
  const shape = [-1, height, width, channels];
  return [
    { name: 'picture', datatype: 'BYTES', shape: [-1] },
    { name: 'pixels', datatype: 'UINT8', shape },
    { name: 'tensor', datatype: 'FP32', shape },
  ] as const satisfies (TensorMetadata & { name: InputName })[];
}

export function outputsOf({ labels }: Manifest) {
  return [
    { name: 'scores', datatype: 'FP32', shape: [-1, labels.length] },
    { name: 'label', datatype: 'BYTES', shape: [-1] },
    { name: 'index', datatype: 'INT32', shape: [-1] },
  ] as const satisfies TensorMetadata[];
}

/** How many elements one image has in that input. */
export function elementsOf(name: InputName, contract: InputContract): number {
  return name === 'picture' ? 1 : pixelCount(contract);
}
