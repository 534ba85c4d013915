/** One way to run the release. All of them get the same weights and the same pictures. */

/** [pictures, classes] probabilities, computed anew at each call. */
export type Prediction = () => Float32Array | Promise<Float32Array>;

export interface Contestant {
  /**
   * What a caller may prepare once stays out of the time: a layout of the pictures that suits the contestant, say.
   *
   * @param pictures [count, height, width, channels], normalised
   */
  on(pictures: Float32Array, count: number): Prediction;
}

export const contestantNames = ['glimpse', 'tfjs-layers', 'onnxruntime-web'] as const;
export type ContestantName = (typeof contestantNames)[number];
