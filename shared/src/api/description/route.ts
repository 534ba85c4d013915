/**
 * How a route is described. The tables here are read when the Worker is built, for /openapi.json, and by tests; the
 * Worker itself never imports them.
 */
import type * as z from 'zod/mini';
import type { ProblemCode } from '../problems.ts';

export interface Route {
  readonly method: 'get' | 'post' | 'delete';
  /** As OpenAPI writes it: `/v1/models/{name}`. */
  readonly path: string;
  /** What client generators call it. */
  readonly id: string;
  readonly tag: Tag;
  readonly summary: string;
  /** CommonMark. */
  readonly description: string;
  readonly parameters?: readonly Parameter[];
  readonly body?: Body;
  readonly answers: readonly Answer[];
  /** Beside those that every route may give. */
  readonly problems: readonly ProblemCode[];
  /** Clients of this route look for a text, `{error}`, and not for a problem document. */
  readonly errorsAsText?: boolean;
}

export const tags = {
  classify: 'Images in, classes out.',
  feedback: 'What images show, say those who know.',
  models: 'What there is to classify with.',
  'hugging-face': 'Images in, classes out, in the shape of Hugging Face’s image classification.',
  'open-inference': 'The Open Inference Protocol, version 2, which Triton’s and KServe’s clients speak.',
  operation: 'For whoever runs the Worker.',
  documents: 'What describes the API.',
  site: 'The demo, and the widget for other pages.',
} as const;

export type Tag = keyof typeof tags;

export interface Parameter {
  readonly in: 'path' | 'query' | 'header';
  readonly name: string;
  readonly description: string;
  /** What the Worker validates with; of one that it converts, what comes out. */
  readonly schema: z.ZodMiniType;
  readonly example: unknown;
}

export interface Body {
  readonly description: string;
  /** By media type, the one that tools should offer first. */
  readonly content: Readonly<Record<string, Content>>;
}

export interface Answer {
  readonly status: 200 | 201 | 204 | 206 | 304;
  readonly description: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly content?: Readonly<Record<string, Content>>;
  /** What may follow, by the id of that route. */
  readonly links?: Readonly<Record<string, Link>>;
}

/** Without what a body would be made of: openapi-generator takes no members there. */
export interface Link {
  readonly description: string;
  /** Runtime expressions (OpenAPI 3.1.1, 4.8.20.4), as `$response.body#/id`. */
  readonly parameters?: Readonly<Record<string, string>>;
}

export type Content =
  | { readonly schema: z.ZodMiniType; readonly examples: Readonly<Record<string, unknown>> }
  /** Bytes. */
  | { readonly binary: true }
  /** A form whose fields of these names are files: at most so many of one name. */
  | { readonly files: Readonly<Record<string, { readonly most: number; readonly description: string }>> };
