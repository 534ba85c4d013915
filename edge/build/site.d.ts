import type { Builder } from './build.ts';
export declare const site: Builder;
