import type { Builder } from './build.ts';
export declare const docs: Builder;
