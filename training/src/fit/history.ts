/** Keras' four curves, with one value per epoch. */
import type { Metrics } from './metrics.ts';

export interface History {
  readonly loss: readonly number[];
  readonly acc: readonly number[];
  readonly val_loss: readonly number[];
  readonly val_acc: readonly number[];
}

export const emptyHistory: History = { loss: [], acc: [], val_loss: [], val_acc: [] };

export function extendHistory(history: History, training: Metrics, validation: Metrics): History {
  return {
    loss: [...history.loss, training.loss],
    acc: [...history.acc, training.acc],
    val_loss: [...history.val_loss, validation.loss],
    val_acc: [...history.val_acc, validation.acc],
  };
}
