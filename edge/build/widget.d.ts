import type { Builder } from './build.ts';
export declare const widget: Builder;
export interface BuiltWidget {
  /** Path below the root of the site → content. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Of the widget's module, below the root. */
  readonly path: string;
  /** Of the widget's module, as the attribute `integrity` takes it. */
  readonly integrity: string;
}
/** The baseline of 2022 and later: private methods, top-level await, :host and adopted style sheets. */
export declare const BROWSERS = 'es2022';
/** Once a build, for all who need it. */
export declare function buildWidget(): Promise<BuiltWidget>;
