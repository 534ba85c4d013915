/** A route of the API, declared once: the app, key scopes, error bodies, logs and /openapi.json are derived from it. */
import type { Scope } from '@glimpse/shared/access/key-record';
import type { Limits } from '@glimpse/shared/api/limits';
import type { ProblemCode } from '@glimpse/shared/api/problems';
import type * as z from 'zod/mini';
import type { AppContext } from '../context.ts';

declare global {
  interface ImportMeta {
    /** True in the Worker's bundle, which therefore omits every `docs` (`[define]` in wrangler.toml). */
    readonly bundled?: true;
  }
}

export interface Route {
  /** A GET route also answers HEAD. */
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** In Hono's syntax: `/v1/models/:name`. */
  readonly path: string;
  /** More paths for the same handler. They are not documented. */
  readonly morePaths?: readonly string[];
  /** What the request's key must allow: a scope, `any` valid key, or `none` if the route needs no key. */
  readonly scope: Scope | 'any' | 'none';
  /** Works without the Worker's settings and store, even if they are invalid. */
  readonly stateless?: true;
  /** `problem`: RFC 9457; `text`: `{"error": "…"}`, as clients of the compat protocols expect. */
  readonly errorShape: 'problem' | 'text';
  /** The limit on the size of the request body, in addition to MAX_BODY_BYTES. */
  readonly bodyLimit?: keyof Limits;
  readonly handler: (c: AppContext) => Response | Promise<Response>;
  /** `import.meta.bundled ? undefined : { … }` */
  readonly docs: RouteDocs | undefined;
}

export function route(declaration: Route): Route {
  return declaration;
}

/** Whether requests count toward the quota of their key. Reading and deleting are free. */
export function isMetered({ scope, method }: Pick<Route, 'scope' | 'method'>): boolean {
  return (scope === 'classify' || scope === 'feedback') && method !== 'DELETE';
}

/** What /openapi.json says about a route. */
export interface RouteDocs {
  /** The operation's name in generated clients. */
  readonly id: string;
  readonly tag: Tag;
  readonly summary: string;
  /** CommonMark. */
  readonly description: string;
  readonly parameters?: readonly Parameter[];
  readonly request?: RequestDocs;
  readonly responses: readonly ResponseDocs[];
  /** Omit those that every route, or every route with keys, can return. */
  readonly problems: readonly ProblemCode[];
}

export type Tag =
  | 'classify'
  | 'feedback'
  | 'models'
  | 'hugging-face'
  | 'open-inference'
  | 'operation'
  | 'documents'
  | 'site';

export interface Parameter {
  readonly in: 'path' | 'query' | 'header';
  readonly name: string;
  readonly description: string;
  /** The schema that validates it. */
  readonly schema: z.ZodMiniType;
  readonly example: unknown;
}

export interface RequestDocs {
  readonly description: string;
  /** By media type. Tools offer the first one by default. */
  readonly content: Readonly<Record<string, Content>>;
}

export interface ResponseDocs {
  readonly status: 200 | 201 | 204 | 206 | 304;
  readonly description: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly content?: Readonly<Record<string, Content>>;
  /** Follow-up requests, by operation id. */
  readonly links?: Readonly<Record<string, Link>>;
}

/** Has no request body: openapi-generator rejects its members. */
export interface Link {
  readonly description: string;
  /** Runtime expressions (OpenAPI 3.1.1, 4.8.20.4), such as `$response.body#/id`. */
  readonly parameters?: Readonly<Record<string, string>>;
}

export type Content =
  | { readonly schema: z.ZodMiniType; readonly examples: Readonly<Record<string, unknown>> }
  | { readonly binary: true }
  /** A form with file fields, by field name. */
  | { readonly files: Readonly<Record<string, { readonly max: number; readonly description: string }>> };
