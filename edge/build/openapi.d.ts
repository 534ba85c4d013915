import type { Builder } from './build.ts';
export declare const openapi: Builder;
