/**
 * Types of `<glimpse-classify>` for TypeScript, React, Preact, Vue and Svelte. The Worker serves this file at `/widget.d.ts`:
 * save it in your project's sources. It needs no imports.
 */

/** The attributes, as strings in HTML. */
export interface GlimpseClassifyAttributes {
  /** URL of the Worker. Default: the host of the script. */
  endpoint?: string | undefined;
  /** A publishable key. */
  'api-key'?: string | undefined;
  /** Name of the model. Default: the endpoint's default. */
  model?: string | undefined;
  /** Number of classes to show. Default: 5. */
  'top-k'?: number | string | undefined;
  mode?: 'edge' | 'device' | undefined;
  upload?: 'auto' | 'original' | undefined;
  /** BCP 47. Default: the language of the page. */
  lang?: string | undefined;
  /** The page's own texts, as JSON in HTML. */
  labels?: string | GlimpseClassifyTexts | undefined;
  /** Shows a camera button; `user` selects the front camera. */
  capture?: boolean | '' | 'user' | 'environment' | undefined;
  feedback?: boolean | '' | undefined;
  name?: string | undefined;
  required?: boolean | '' | undefined;
  disabled?: boolean | '' | undefined;
}

/** See `edge/widget/texts/en.ts`. `classes` translates the model's labels. */
export interface GlimpseClassifyTexts {
  classes?: Record<string, string>;
  failures?: Record<string, { what?: string; todo?: string }>;
  [text: string]: unknown;
}

export interface GlimpsePrediction {
  readonly label: string;
  /** 0-1 */
  readonly score: number;
}

/** As from `POST /v1/classify`. */
export interface GlimpseAnswer {
  readonly id: string;
  readonly model: { readonly name: string; readonly version: string };
  readonly image: { readonly width: number; readonly height: number; readonly format: string };
  readonly predictions: readonly GlimpsePrediction[];
  readonly uncertain?: boolean;
}

export interface GlimpseClassifyEventMap {
  'glimpse-result': CustomEvent<{
    readonly answer: GlimpseAnswer;
    readonly source: 'edge' | 'device';
    readonly image: Blob;
    readonly milliseconds: number;
  }>;
  'glimpse-error': CustomEvent<{
    readonly code: string;
    readonly message: string;
    readonly retryAfter: number | undefined;
    readonly cause: unknown;
  }>;
  'glimpse-fallback': CustomEvent<{ readonly code: string; readonly reason: string }>;
}

/** The element and its properties. */
export interface GlimpseClassifyElement extends HTMLElement {
  endpoint: string;
  apiKey: string | undefined;
  model: string | undefined;
  topK: number | undefined;
  mode: 'edge' | 'device';
  upload: 'auto' | 'original';
  labels: GlimpseClassifyTexts;
  capture: string | undefined;
  feedback: boolean;
  name: string;
  required: boolean;
  disabled: boolean;
  /** The label of the best class, or an empty string. */
  readonly value: string;
  readonly result: GlimpseAnswer | undefined;
  readonly form: HTMLFormElement | null;
  readonly validity: ValidityState;
  readonly validationMessage: string;
  readonly willValidate: boolean;
  checkValidity(): boolean;
  reportValidity(): boolean;
  classify(image: Blob): Promise<void>;
  clear(): void;
}

/** Attributes, and the properties whose names differ. */
type Settings = GlimpseClassifyAttributes & { apiKey?: string | undefined; topK?: number | undefined };

type Listener<Name extends keyof GlimpseClassifyEventMap> = (event: GlimpseClassifyEventMap[Name]) => void;

/** React and Preact. */
type JsxProps = Settings & {
  key?: string | number | null | undefined;
  /** A ref of React or Preact: an object, or a function. */
  // biome-ignore lint/suspicious/noExplicitAny: without an import of the framework
  ref?: any;
  id?: string | undefined;
  class?: string | undefined;
  className?: string | undefined;
  style?: object | undefined;
  'onglimpse-result'?: Listener<'glimpse-result'> | undefined;
  'onglimpse-error'?: Listener<'glimpse-error'> | undefined;
  'onglimpse-fallback'?: Listener<'glimpse-fallback'> | undefined;
};

declare global {
  interface HTMLElementTagNameMap {
    'glimpse-classify': GlimpseClassifyElement;
  }
  interface HTMLElementEventMap extends GlimpseClassifyEventMap {}
}

// Each block applies if its framework is installed.

// @ts-ignore: React is not installed.
declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
      'glimpse-classify': JsxProps;
    }
  }
}

// @ts-ignore: Preact is not installed.
declare module 'preact' {
  namespace JSX {
    interface IntrinsicElements {
      'glimpse-classify': JsxProps;
    }
  }
}

// @ts-ignore: Vue is not installed.
declare module 'vue' {
  interface GlobalComponents {
    'glimpse-classify': new () => { $props: Settings };
  }
}

// @ts-ignore: Svelte is not installed.
declare module 'svelte/elements' {
  interface SvelteHTMLElements {
    'glimpse-classify': Settings & {
      [event in keyof GlimpseClassifyEventMap as `on${event}`]?: Listener<event> | undefined;
    } & { id?: string; class?: string; style?: string };
  }
}
