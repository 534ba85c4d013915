/** Failures that a user can act on. The command line prints `message` alone and exits with 1. */

export type TrainingErrorCode =
  | 'config-invalid'
  | 'data-unavailable'
  | 'data-altered'
  | 'data-invalid'
  | 'data-unreadable'
  | 'data-changed'
  | 'engine-unavailable'
  | 'engine-failed'
  | 'engine-install-failed'
  | 'loss-not-finite'
  | 'run-busy'
  | 'run-invalid'
  | 'run-stopped'
  | 'run-unwritable'
  | 'accuracy-drop'
  | 'release-invalid'
  | 'store-failed'
  /** The store ignores the conditions of writes. */
  | 'store-unconditional'
  /** A bucket for keys and feedback has releases in it. */
  | 'store-not-private'
  /** There is no such API key. */
  | 'key-missing'
  | 'publish-conflict'
  /** A release is worse than it may be. */
  | 'gate-failed'
  /** `glimpse releases verify` found something wrong. */
  | 'store-damaged'
  /** Not a whole Keras model, or a damaged one. */
  | 'keras-file-invalid'
  /** A Keras model with something that the runner does not execute. */
  | 'keras-model-unsupported'
  | 'keras-weight-unmatched'
  /** There is no such feedback. */
  | 'feedback-missing'
  | 'labels-invalid'
  | 'output-unwritable';

export class TrainingError extends Error {
  override readonly name = 'TrainingError';
  readonly code: TrainingErrorCode;

  constructor(code: TrainingErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
