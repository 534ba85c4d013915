/** Probabilities → the classes of an answer. */

/** Temperature scaling: computes softmax(logits / T) from softmax(logits). */
export function atTemperature(probabilities: Float32Array, temperature: number): Float32Array {
  if (temperature === 1) return probabilities;
  const powers = probabilities.map((p) => p ** (1 / temperature));
  const sum = powers.reduce((total, p) => total + p, 0);
  return powers.map((p) => p / sum);
}

/** The `count` most probable classes, best first. Ties are ordered by index. */
export function topClasses(probabilities: Float32Array, count: number): { index: number; score: number }[] {
  return Array.from(probabilities, (score, index) => ({ index, score }))
    .sort((a, b) => b.score - a.score || a.index - b.index)
    .slice(0, count);
}
