/** Early stopping and the best epoch. */
import type { History } from './history.ts';
import type { Settings } from './settings.ts';

export type Monitor = 'val_loss' | 'val_acc';

/** @returns the epoch (from 1) with the best value, the first one if several are equal; undefined if there are no epochs */
export function bestEpoch(history: History, monitor: Monitor, minDelta = 0): number | undefined {
  let best: number | undefined;
  history[monitor].forEach((value, index) => {
    if (best === undefined || improves(value, history[monitor][best - 1]!, monitor, minDelta)) best = index + 1;
  });
  return best;
}

/** Keras' `EarlyStopping`: `patience` epochs without improvement. A patience of 0 means the same as 1. */
export function shouldStop(history: History, rule: Settings['earlyStopping']): boolean {
  if (!rule) return false;
  const best = bestEpoch(history, rule.monitor, rule.minDelta);
  return best !== undefined && history.loss.length - best >= Math.max(1, rule.patience);
}

function improves(value: number, than: number, monitor: Monitor, minDelta: number): boolean {
  // Written as in Keras, so that rounding decides the same way.
  return monitor === 'val_loss' ? value + minDelta < than : value - minDelta > than;
}
