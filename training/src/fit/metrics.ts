/** Running means of loss and accuracy, as Keras prints them. */

/** Sums over images. JSON keeps float64 exactly, so a checkpoint can carry them. */
export interface Sums {
  readonly loss: number;
  readonly correct: number;
  readonly seen: number;
}

export const noSums: Sums = { loss: 0, correct: 0, seen: 0 };

export interface Metrics {
  /** Categorical cross-entropy in nats, mean over images. */
  readonly loss: number;
  /** Share of images whose most probable class is the right one, 0-1. */
  readonly acc: number;
}

export function addBatch(sums: Sums, batch: { meanLoss: number; correct: number; count: number }): Sums {
  return {
    loss: sums.loss + batch.meanLoss * batch.count,
    correct: sums.correct + batch.correct,
    seen: sums.seen + batch.count,
  };
}

export function means({ loss, correct, seen }: Sums): Metrics {
  return { loss: loss / seen, acc: correct / seen };
}
