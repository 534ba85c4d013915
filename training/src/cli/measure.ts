/** Progress and metrics of verbs that classify a whole set. */
import type { Metrics } from '@glimpse/shared/release/manifest';
import type { Output } from './output.ts';

export function measureBar(
  output: Output,
  total: number,
): { onProgress(done: number, correct: number): void; stop(): void } {
  const bar = output.bar(total);
  return {
    onProgress: (done, correct) => bar.update(done, `accuracy ${((correct / done) * 100).toFixed(2)}%`),
    stop: bar.stop,
  };
}

/** The metrics as `--json` prints them. release.json has the number of images under the name that format 1 gave it. */
export function metricsOutput({ pictures, ...metrics }: Metrics) {
  return { images: pictures, ...metrics };
}

export function describeMetrics({ pictures: images, correct, accuracy, loss }: Metrics): string {
  return `accuracy ${accuracy.toFixed(4)} (${correct} of ${images}), loss ${loss.toFixed(4)}`;
}
