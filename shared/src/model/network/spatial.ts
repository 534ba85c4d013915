/** Sliding windows, for convolution and pooling. */
import { pad, type Tensor4D } from '@tensorflow/tfjs-core';
import { imageShape, type Shape } from './layer.ts';
import { NetworkError } from './network-error.ts';

export interface Window {
  readonly size: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly padding: 'valid' | 'same';
}

/** The window of a convolution's configuration. */
export function kernelWindow(config: {
  readonly kernelSize: Window['size'];
  readonly strides: Window['strides'];
  readonly padding: Window['padding'];
}): Window {
  return { size: config.kernelSize, strides: config.strides, padding: config.padding };
}

/**
 * Output rows and columns of a window that moves over [height, width, channels]. As in Keras: `same` pads so that there are
 * ceil(input / stride) positions, `valid` uses only positions where the whole window fits.
 */
export function slide(name: string, input: Shape, window: Window): [rows: number, columns: number] {
  const shape = imageShape(name, input);
  const [rows, columns] = [0, 1].map((axis) => {
    const length = shape[axis]!;
    const stride = window.strides[axis]!;
    return window.padding === 'same'
      ? Math.ceil(length / stride)
      : Math.floor((length - window.size[axis]!) / stride) + 1;
  });
  if (rows! < 1 || columns! < 1) {
    throw new NetworkError('network-invalid', `${name}: a window of ${window.size} does not fit into [${input}]`);
  }
  return [rows!, columns!];
}

/**
 * Pads explicitly if a stride exceeds the window, because tfjs' WASM backend computes garbage for `same` then. Otherwise
 * returns `x` unchanged.
 *
 * @param x [n, height, width, channels]
 * @param value of the padding: the operation's neutral element
 */
export function padForWindow(x: Tensor4D, window: Window, value = 0): { x: Tensor4D; padding: 'valid' | 'same' } {
  const { size, strides, padding } = window;
  if (padding === 'valid' || (strides[0] <= size[0] && strides[1] <= size[1])) return { x, padding };
  const [rows, columns] = [0, 1].map((axis): [number, number] => {
    const length = x.shape[axis + 1]!;
    const places = Math.ceil(length / strides[axis]!);
    const missing = Math.max(0, (places - 1) * strides[axis]! + size[axis]! - length);
    return [Math.floor(missing / 2), Math.ceil(missing / 2)];
  });
  const none = [...rows!, ...columns!].every((amount) => amount === 0);
  return { x: none ? x : pad(x, [[0, 0], rows!, columns!, [0, 0]], value), padding: 'valid' };
}
