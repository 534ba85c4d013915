/** What the widget says, as a language has to give it; a page may replace any of it (`labels`). */

/** What happened, and what to do about it. `{…}` is filled in. */
export interface FailureText {
  readonly what: string;
  readonly todo: string;
}

/** Everything that can go wrong in front of somebody, as far as they have to do something else about it. */
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
  | 'notAImage'
  | 'offline'
  | 'originRefused'
  | 'slow'
  | 'tooLarge'
  | 'tooMany'
  | 'unreachable'
  | 'unreadable'
  | 'wrongType';

export interface Texts {
  /** Name of the whole for assistive technology. */
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
  readonly working: string;
  /** The photo that the camera took, where a file would have its name. */
  readonly photo: string;
  /** {label}, {score}: the live region's words for an answer. */
  readonly result: string;
  /** Likewise of an answer that is below the release's threshold. */
  readonly unsureResult: string;
  readonly unsure: string;
  readonly unsureHint: string;
  readonly results: string;
  readonly onlyFirst: string;
  readonly required: string;
  /** {when}: "in 5 seconds", as Intl says it. */
  readonly retryAt: string;
  readonly correct: string;
  readonly correctLabel: string;
  readonly correctConsent: string;
  readonly correctSend: string;
  readonly correctSent: string;
  readonly correctFailed: string;
  /** Shown instead of a model's own label. */
  readonly classes: Readonly<Record<string, string>>;
  /** {origin} is the page's, {endpoint} the Worker's, {model} the one asked for. */
  readonly failures: Readonly<Record<FailureKind, FailureText>>;
}

/** Fills `{name}` in; what has no value stays as it is, so that a typing error in own texts can be seen. */
export function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}
