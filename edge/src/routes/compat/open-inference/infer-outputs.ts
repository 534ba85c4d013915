/** Predictions → the requested output tensors. */
import type { Prediction } from '@glimpse/shared/api/classify';
import type { InferOutput, InferRequest } from '@glimpse/shared/api/open-inference';
import { Problem } from '@glimpse/shared/api/problems';
import type { Manifest } from '@glimpse/shared/release/manifest';
import { outputsOf } from './tensors.ts';

/** @param images the predictions of each image: all classes, best first */
export type MakeOutputs = (images: readonly (readonly Prediction[])[]) => InferOutput[];

/** Called before any image is classified. @throws {Problem} body-malformed */
export function readOutputs(requested: InferRequest['outputs'], manifest: Manifest): MakeOutputs {
  const classes = manifest.labels.length;
  const known = outputsOf(manifest);
  const outputs = requested?.length ? requested : known.map(({ name }) => ({ name, parameters: undefined }));
  const makers = outputs.map(({ name, parameters }) => {
    const output = known.find((candidate) => candidate.name === name)!;
    const top = readClassification(parameters?.classification, name, classes);
    return { ...output, top };
  });
  return (images) =>
    makers.map(({ name, datatype, top }) => {
      if (top !== undefined) {
        const data = images.flatMap((predictions) => predictions.slice(0, top).map(classified));
        return { name, datatype: 'BYTES', shape: [images.length, top], data };
      }
      if (name === 'scores') {
        const data = images.flatMap((predictions) => {
          const scores = Array<number>(classes).fill(0);
          for (const { index, score } of predictions) scores[index] = score;
          return scores;
        });
        return { name, datatype, shape: [images.length, classes], data };
      }
      return { name, datatype, shape: [images.length], data: images.map(([best]) => best![name]) };
    });
}

/** Triton's extension: the best scores as text. A number above that of the classes returns all of them. */
function readClassification(value: unknown, name: string, classes: number): number | undefined {
  if (value === undefined || value === 0) return undefined;
  if (name !== 'scores') throw malformed('Only the output scores supports the parameter classification.');
  if (!Number.isInteger(value) || (value as number) < 0) {
    throw malformed(`classification must be a whole number from 1 to ${classes}: how many classes to return.`);
  }
  return Math.min(value as number, classes);
}

function classified({ score, index, label }: Prediction): string {
  return `${score}:${index}:${label}`;
}

function malformed(detail: string): Problem {
  return new Problem('body-malformed', detail);
}
