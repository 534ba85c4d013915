/**
 * How a route is described. The tables here are read when the Worker is built, for /openapi.json, and by tests; the
 * Worker itself never imports them.
 */
import type * as z from 'zod/mini';
import type { ProblemCode } from '../problems.ts';

export interface Route {
  readonly method: 'get' | 'post';
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
}

export const tags = {
  classify: 'Pictures in, classes out.',
  models: 'What there is to classify with.',
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
  readonly status: 200 | 206 | 304;
  readonly description: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly content?: Readonly<Record<string, Content>>;
}

export type Content =
  | { readonly schema: z.ZodMiniType; readonly examples: Readonly<Record<string, unknown>> }
  /** Bytes. */
  | { readonly binary: true }
  /** A form whose fields of these names are files; a list takes several of one name. */
  | { readonly files: Readonly<Record<string, { readonly list: boolean; readonly description: string }>> };
