/** The texts that each language must provide. A page can replace any of them (`labels`). */

/** What happened, and what to do about it. `{…}` are placeholders. */
export interface FailureText {
  readonly what: string;
  readonly todo: string;
}

/** The failures that users or page owners can tell apart, because each requires another action. */
export type FailureKind =
  | 'blocked'
  | 'busy'
  | 'cameraBusy'
  | 'cameraDenied'
  | 'cameraMissing'
  | 'cameraUnsafe'
  | 'damaged'
  | 'fault'
  | 'keyRefused'
  | 'modelUnknown'
  | 'notAnImage'
  | 'offline'
  | 'originRefused'
  | 'slow'
  | 'tooLarge'
  | 'tooMany'
  | 'unreachable'
  | 'unreadable'
  | 'wrongType';

export interface Texts {
  /** Accessible name of the widget. */
  readonly title: string;
  readonly choose: string;
  readonly dropHint: string;
  readonly dropNow: string;
  readonly camera: string;
  readonly cameraPreview: string;
  readonly shutter: string;
  readonly close: string;
  readonly cancel: string;
  readonly canceled: string;
  readonly again: string;
  /** {name} of the image. */
  readonly preview: string;
  /** {name} of the image. */
  readonly working: string;
  /** The name of a photo from the camera, which has no file name. */
  readonly photo: string;
  /** {label}, {score}: an answer, announced to screen readers. */
  readonly result: string;
  /** {label}, {score}: the same for an answer below the release's threshold. */
  readonly unsureResult: string;
  readonly unsure: string;
  readonly unsureHint: string;
  readonly results: string;
  readonly onlyFirst: string;
  readonly required: string;
  /** {when}: "in 5 seconds", from Intl. */
  readonly retryAt: string;
  readonly right: string;
  readonly correct: string;
  readonly correctLabel: string;
  /** The empty option, so that no label is preselected. */
  readonly correctChoose: string;
  readonly correctConsent: string;
  readonly correctSend: string;
  readonly correctSent: string;
  readonly correctFailed: string;
  /** Shown instead of the model's labels. */
  readonly classes: Readonly<Record<string, string>>;
  /** {origin} of the page, {endpoint} of the Worker. */
  readonly failures: Readonly<Record<FailureKind, FailureText>>;
}
