/** Sizes of what a sliding window leaves: the arithmetic that convolution and pooling share. */
import type { Shape } from './layer.ts';
import { NetworkError } from './network-error.ts';

interface Window {
  readonly name: string;
  readonly size: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly padding: 'valid' | 'same';
}

/**
 * Rows and columns after a window has moved over [height, width, channels]. `same` pads so that ceil(input / stride)
 * places are left, `valid` takes only places where the whole window fits (Keras' definition of both).
 */
export function slide(input: Shape, window: Window): [rows: number, columns: number] {
  if (input.length !== 3) {
    throw new NetworkError('network-invalid', `${window.name} wants [height, width, channels], not [${input}]`);
  }
  const [rows, columns] = [0, 1].map((axis) => {
    const length = input[axis]!;
    const stride = window.strides[axis]!;
    return window.padding === 'same'
      ? Math.ceil(length / stride)
      : Math.floor((length - window.size[axis]!) / stride) + 1;
  });
  if (rows! < 1 || columns! < 1) {
    throw new NetworkError(
      'network-invalid',
      `${window.name}: a window of ${window.size} does not fit into [${input}]`,
    );
  }
  return [rows!, columns!];
}
