/** The widget's languages, and which one an element uses. */
import { de } from './de.ts';
import { en } from './en.ts';
import { ko } from './ko.ts';
import type { FailureText, Texts } from './texts.ts';

/** One row per language, by its BCP 47 code. */
export const languages: Readonly<Record<string, Texts>> = { en, de, ko };

/** A page's own texts, as given in `labels`. */
export type OwnTexts = Partial<Omit<Texts, 'failures'>> & { failures?: Partial<Record<string, Partial<FailureText>>> };

export interface Language {
  /** For Intl. */
  readonly locale: string;
  readonly texts: Texts;
}

/**
 * @param tag BCP 47, such as `ko-KR`. An invalid tag means English. An unsupported language has English texts and numbers,
 *   unless the page provides texts in that language: then numbers have its format.
 */
export function languageOf(tag: string, own: OwnTexts = {}): Language {
  const requested = canonicalLocale(tag) ?? 'en';
  const supported = languages[requested.split('-')[0]!];
  const texts = supported ?? en;
  const locale = supported || Object.keys(own).length > 0 ? requested : 'en';
  const failures = Object.fromEntries(
    Object.entries(texts.failures).map(([kind, text]) => [kind, { ...text, ...own.failures?.[kind] }]),
  ) as unknown as Texts['failures'];
  return { locale, texts: { ...texts, ...own, failures } };
}

function canonicalLocale(tag: string): string | undefined {
  try {
    return Intl.getCanonicalLocales(tag)[0];
  } catch {
    return undefined;
  }
}

/** The language of an element: the `lang` of its nearest ancestor that has one, across shadow roots, or the browser's. */
export function inheritedLanguage(element: Element): string {
  for (let current: Element | undefined = element; current; ) {
    const found: Element | null = current.closest('[lang]');
    if (found) return found.getAttribute('lang') ?? '';
    const root: Node = current.getRootNode();
    current = root instanceof ShadowRoot ? root.host : undefined;
  }
  return navigator.language;
}

/** Parses the attribute `labels`. Invalid JSON is ignored, with a warning in the console. */
export function parseOwnTexts(json: string | null): OwnTexts {
  if (json === null) return {};
  try {
    const own: unknown = JSON.parse(json);
    if (typeof own === 'object' && own !== null) return own;
  } catch {
    // The warning below.
  }
  console.warn(`glimpse-classify: \`labels\` must be a JSON object such as {"choose": "Pick a photo"}, not ${json}`);
  return {};
}
