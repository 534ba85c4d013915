/** The figures that the gate checks: accuracy on held-out images, and size. */
import { Classifier } from '@glimpse/shared/release/classifier';
import type { Manifest } from '@glimpse/shared/release/manifest';
import type { ImageSet } from '../data/image-set.ts';
import { reliability } from '../evaluate/calibration.ts';
import { classMetrics, confusionOf } from '../evaluate/confusion.ts';
import { measureClassifier } from '../evaluate/evaluate.ts';
import type { Release } from '../publish/release-folder.ts';

export interface ReleaseFigures {
  readonly version: string;
  readonly labels: readonly string[];
  readonly pictures: number;
  /** Share of correct answers. */
  readonly accuracy: number;
  /** By class; NaN for a class without images. Absent if the figures come from the manifest. */
  readonly recall?: readonly number[];
  /** Expected calibration error. */
  readonly calibrationError?: number;
  /** Accuracy and correct answers lost to quantization when the release was made. */
  readonly quantizationDrop: number;
  readonly quantizationLost: number;
  /** Total size of its files. */
  readonly bytes: number;
  /** Per image. */
  readonly multiplyAdds: number;
}

export interface MeasuredRelease {
  readonly figures: ReleaseFigures;
  /** [images, classes] */
  readonly probabilities: Float32Array;
}

/** Runs the release as the Worker does. The tfjs backend must be ready. */
export function measureRelease(
  { manifest, files }: Release,
  set: ImageSet,
  onProgress: (done: number, correct: number) => void,
): MeasuredRelease {
  const classes = manifest.labels.length;
  const classifier = Classifier.fromRelease(manifest, files);
  const { metrics, probabilities } = measureClassifier(classifier, set, classes, onProgress);
  const { accuracy, pictures } = metrics;
  const recall = classMetrics(confusionOf(probabilities, set.classes, classes)).map((one) => one.recall);
  const { ece } = reliability(probabilities, set.classes, classes);
  return {
    figures: { ...recordedFigures(manifest), accuracy, pictures, recall, calibrationError: ece },
    probabilities,
  };
}

/** The figures in the manifest, without measuring. */
export function recordedFigures({ version, labels, metrics, files, architecture }: Manifest): ReleaseFigures {
  const { float, quantized } = metrics;
  return {
    version,
    labels,
    pictures: quantized.pictures,
    accuracy: quantized.accuracy,
    quantizationDrop: float.accuracy - quantized.accuracy,
    quantizationLost: float.correct - quantized.correct,
    bytes: files.reduce((sum, { size }) => sum + size, 0),
    multiplyAdds: architecture.multiplyAdds,
  };
}
