/** An implementation that runs the release. All of them get the same weights and images. */

/** [images, classes] probabilities, computed at each call. */
export type Prediction = () => Float32Array | Promise<Float32Array>;

export interface Competitor {
  /**
   * Prepares what is not timed, such as converting the images to the competitor's layout.
   *
   * @param images [count, height, width, channels], normalized
   */
  on(images: Float32Array, count: number): Prediction;
}

export const contestantNames = ['glimpse', 'tfjs-layers', 'onnxruntime-web'] as const;
export type ContestantName = (typeof contestantNames)[number];
