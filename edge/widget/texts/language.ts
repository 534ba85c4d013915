/** Which language the widget speaks, with a page's own texts laid over it. */
import { de } from './de.ts';
import { en } from './en.ts';
import { ko } from './ko.ts';
import type { FailureText, Texts } from './texts.ts';

/** What a page gives as `labels`: any of the texts. */
export type OwnTexts = Partial<Omit<Texts, 'failures'>> & { failures?: Partial<Record<string, Partial<FailureText>>> };

export interface Language {
  /** As Intl takes it. */
  readonly locale: string;
  readonly texts: Texts;
}

const languages: Readonly<Record<string, Texts>> = { en, de, ko };

/**
 * @param tag BCP 47, such as `ko-KR`. What is no tag counts as English; what is not spoken here has English texts,
 *   but numbers as in that language, since the page's own texts may be in it.
 */
export function languageOf(tag: string, own: OwnTexts = {}): Language {
  const locale = knownLocale(tag) ?? 'en';
  const spoken = languages[locale.split('-')[0]!] ?? en;
  const failures = Object.fromEntries(
    Object.entries(spoken.failures).map(([kind, text]) => [kind, { ...text, ...own.failures?.[kind] }]),
  ) as unknown as Texts['failures'];
  return { locale, texts: { ...spoken, ...own, failures } };
}

function knownLocale(tag: string): string | undefined {
  try {
    return Intl.getCanonicalLocales(tag)[0];
  } catch {
    return undefined;
  }
}

/** The attribute `labels`, as JSON. What is none is said to the page's owner and passed over. */
export function ownTextsOf(text: string | null): OwnTexts {
  if (text === null) return {};
  try {
    const own: unknown = JSON.parse(text);
    if (typeof own === 'object' && own !== null) return own;
  } catch {
    // Said below.
  }
  console.warn(`glimpse-classify: labels is a JSON object such as {"choose": "Pick a photo"}, and not ${text}`);
  return {};
}
