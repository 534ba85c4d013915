import type { Texts } from './texts.ts';
export declare const ko: Texts;
