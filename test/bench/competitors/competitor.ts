/** One way to run the release. All of them get the same weights and the same images. */

/** [images, classes] probabilities, computed at each call. */
export type Prediction = () => Float32Array | Promise<Float32Array>;

export interface Competitor {
  /**
   * What a caller may prepare once stays out of the time: a layout of the images that suits the competitor, say.
   *
   * @param images [count, height, width, channels], normalized
   */
  on(images: Float32Array, count: number): Prediction;
}

export const contestantNames = ['glimpse', 'tfjs-layers', 'onnxruntime-web'] as const;
export type ContestantName = (typeof contestantNames)[number];
