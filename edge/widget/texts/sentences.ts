/** Answers and failures in whole sentences: what is shown, what the live region says, what an event carries. */
import type { ClassifyAnswer } from '@glimpse/shared/api/classify';
import type { Language } from './language.ts';
import { percent } from './numbers.ts';
import { type FailureKind, fill } from './texts.ts';

/** The page's own word for a label, where it gives one. */
export function labelInWords(label: string, { texts }: Language): string {
  return Object.hasOwn(texts.classes, label) ? texts.classes[label]! : label;
}

export function answerInWords({ predictions, uncertain }: ClassifyAnswer, language: Language): string {
  const best = predictions[0];
  if (!best) return '';
  return fill(uncertain ? language.texts.unsureResult : language.texts.result, {
    label: labelInWords(best.label, language),
    score: percent(best.score, language.locale),
  });
}

export function failureInWords(
  { kind }: { readonly kind: FailureKind },
  { texts }: Language,
  values: { readonly endpoint: string; readonly origin: string },
): { readonly what: string; readonly todo: string } {
  const { what, todo } = texts.failures[kind];
  return { what: fill(what, values), todo: fill(todo, values) };
}
