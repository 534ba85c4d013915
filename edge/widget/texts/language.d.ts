import type { FailureText, Texts } from './texts.ts';
/** One row per language, by its BCP 47 code. */
export declare const languages: Readonly<Record<string, Texts>>;
/** A page's own texts, as given in `labels`. */
export type OwnTexts = Partial<Omit<Texts, 'failures'>> & {
  failures?: Partial<Record<string, Partial<FailureText>>>;
};
export interface Language {
  /** For Intl. */
  readonly locale: string;
  readonly texts: Texts;
}
/**
 * @param tag BCP 47, such as `ko-KR`. An invalid tag means English. An unsupported language has English texts, but numbers
 *   in its own format, because the page may provide texts in that language.
 */
export declare function languageOf(tag: string, own?: OwnTexts): Language;
/** The language of an element: the `lang` of its nearest ancestor that has one, across shadow roots, or the browser's. */
export declare function inheritedLanguage(element: Element): string;
/** Parses the attribute `labels`. Invalid JSON is ignored, with a warning in the console. */
export declare function parseOwnTexts(json: string | null): OwnTexts;
