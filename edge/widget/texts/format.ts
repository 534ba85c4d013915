/** Numbers and sentences in the language of the widget. */
import type { ClassifyAnswer } from '@glimpse/shared/api/classify';
import type { Language } from './language.ts';
import type { FailureKind } from './texts.ts';

/** Replaces `{name}`. A placeholder without a value stays visible, so that a typo in own texts is noticed. */
export function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{(\w+)\}/g, (placeholder, name: string) => values[name] ?? placeholder);
}

/** @param score 0-1. Only exact scores read 0% or 100%: .9996 is "99.9%", .0004 is "<0.1%". */
export function percent(score: number, locale: string): string {
  const format = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 });
  if (score > 0 && score < 0.0005) return `<${format.format(0.001)}`;
  return format.format(score < 1 ? Math.min(score, 0.999) : score);
}

/** "in 5 seconds", "in 2 minutes". @param seconds 0 or more */
export function fromNow(seconds: number, locale: string): string {
  const format = new Intl.RelativeTimeFormat(locale);
  return seconds < 90 ? format.format(Math.ceil(seconds), 'second') : format.format(Math.ceil(seconds / 60), 'minute');
}

/** The page's own name for a label, if it has one. */
export function labelText(label: string, { texts }: Language): string {
  return Object.hasOwn(texts.classes, label) ? texts.classes[label]! : label;
}

export function answerText({ predictions, uncertain }: ClassifyAnswer, language: Language): string {
  const best = predictions[0];
  if (!best) return '';
  return fill(uncertain ? language.texts.unsureResult : language.texts.result, {
    label: labelText(best.label, language),
    score: percent(best.score, language.locale),
  });
}

export function failureText(
  { kind }: { readonly kind: FailureKind },
  { texts }: Language,
  values: { readonly endpoint: string; readonly origin: string },
): { readonly what: string; readonly todo: string } {
  const { what, todo } = texts.failures[kind];
  return { what: fill(what, values), todo: fill(todo, values) };
}
