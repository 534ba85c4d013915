/** Answers of a classifier, made up: by hand, or by fast-check. */
import fc from 'fast-check';

/** [answers, classes] probabilities, all of each on one class. */
export function oneHot(answers: readonly number[], classes: number): Float32Array {
  const probabilities = new Float32Array(answers.length * classes);
  for (const [picture, answer] of answers.entries()) probabilities[picture * classes + answer] = 1;
  return probabilities;
}

/** Any probabilities of 1 to 40 pictures over 2 to 6 classes, with any true classes. */
export function answersOf(): fc.Arbitrary<{ probabilities: Float32Array; truth: Uint8Array; classes: number }> {
  return fc.tuple(fc.integer({ min: 2, max: 6 }), fc.integer({ min: 1, max: 40 })).chain(([classes, pictures]) =>
    fc.record({
      probabilities: fc
        .array(fc.double({ min: 0.001, max: 1, noNaN: true }), {
          minLength: classes * pictures,
          maxLength: classes * pictures,
        })
        .map((values) => normalised(values, classes)),
      truth: fc
        .uint8Array({ minLength: pictures, maxLength: pictures, max: classes - 1 })
        .map((v) => Uint8Array.from(v)),
      classes: fc.constant(classes),
    }),
  );
}

function normalised(values: readonly number[], classes: number): Float32Array {
  return Float32Array.from(values, (value, i) => {
    const from = i - (i % classes);
    return value / values.slice(from, from + classes).reduce((total, other) => total + other, 0);
  });
}
