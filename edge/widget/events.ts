/** The events that a page receives. All of them bubble and cross shadow boundaries (`composed`). */
import type { ClassifyAnswer } from '@glimpse/shared/api/classify';

/** `glimpse-result` */
export interface ResultDetail {
  readonly answer: ClassifyAnswer;
  /** Whether the Worker or this browser computed the answer. */
  readonly source: 'edge' | 'device';
  /** The original image. */
  readonly image: Blob;
  /** From choosing the image to the answer, ms. */
  readonly milliseconds: number;
}

/** `glimpse-error` */
export interface ErrorDetail {
  /** Stable: a problem code of the API, or a code from failure.ts. */
  readonly code: string;
  /** The text that the widget shows, in its language. */
  readonly message: string;
  /** Seconds to wait before a retry, if the Worker sent `Retry-After`. */
  readonly retryAfter: number | undefined;
  /** The underlying error, for debugging. */
  readonly cause: unknown;
}

/** `glimpse-fallback`: on-device classification was requested but is not possible here, so the edge answers. */
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

export function dispatch<Name extends keyof Details>(element: HTMLElement, name: Name, detail: Details[Name]): void {
  element.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
}
