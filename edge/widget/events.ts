/** What a page hears of the widget. All of them bubble, and leave shadow trees (`composed`). */
import type { ClassifyAnswer } from '@glimpse/shared/api/classify';

/** `glimpse-result` */
export interface ResultDetail {
  readonly answer: ClassifyAnswer;
  /** Who computed it: the Worker, or this browser. */
  readonly source: 'edge' | 'device';
  /** The image itself, unchanged. */
  readonly image: Blob;
  /** From the choice to the answer, ms. */
  readonly milliseconds: number;
}

/** `glimpse-error` */
export interface ErrorDetail {
  /** Stable: the API's problem codes, and those of failure.ts. */
  readonly code: string;
  /** What the widget shows, in its language. */
  readonly message: string;
  /** Seconds after which another try makes sense, where the Worker says so. */
  readonly retryAfter: number | undefined;
  /** What was thrown, for the console. */
  readonly cause: unknown;
}

/** `glimpse-fallback`: on-device classification was asked for and is not possible here; the edge answers. */
export interface FallbackDetail {
  readonly code: 'device-unavailable';
  /** For a developer, in English. */
  readonly reason: string;
}

interface Details {
  'glimpse-result': ResultDetail;
  'glimpse-error': ErrorDetail;
  'glimpse-fallback': FallbackDetail;
}

declare global {
  interface HTMLElementEventMap extends GlimpseEvents {}
}

type GlimpseEvents = { [Name in keyof Details]: CustomEvent<Details[Name]> };

export function tell<Name extends keyof Details>(element: HTMLElement, name: Name, detail: Details[Name]): void {
  element.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
}
