/** Synthetic classifier outputs. */
import fc from 'fast-check';

/** [answers, classes] one-hot probabilities. */
export function oneHot(answers: readonly number[], classes: number): Float32Array {
  const probabilities = new Float32Array(answers.length * classes);
  for (const [image, answer] of answers.entries()) probabilities[image * classes + answer] = 1;
  return probabilities;
}

/** Arbitrary probabilities for 1 to 40 images and 2 to 6 classes, with arbitrary true classes. */
export function answersOf(): fc.Arbitrary<{ probabilities: Float32Array; truth: Uint8Array; classes: number }> {
  return fc.tuple(fc.integer({ min: 2, max: 6 }), fc.integer({ min: 1, max: 40 })).chain(([classes, images]) =>
    fc.record({
      probabilities: fc
        .array(fc.double({ min: 0.001, max: 1, noNaN: true }), {
          minLength: classes * images,
          maxLength: classes * images,
        })
        .map((values) => normalized(values, classes)),
      truth: fc.uint8Array({ minLength: images, maxLength: images, max: classes - 1 }).map((v) => Uint8Array.from(v)),
      classes: fc.constant(classes),
    }),
  );
}

function normalized(values: readonly number[], classes: number): Float32Array {
  return Float32Array.from(values, (value, i) => {
    const from = i - (i % classes);
    return value / values.slice(from, from + classes).reduce((total, other) => total + other, 0);
  });
}
