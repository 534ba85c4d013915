/** Numbers in words and digits of a language; Intl knows the plurals. */

/** @param score 0-1; of what rounds to a whole, nothing is claimed: .9996 is "99.9 %", .0004 "0.1 %" with a < before it */
export function percent(score: number, locale: string): string {
  const format = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 });
  if (score > 0 && score < 0.0005) return `<${format.format(0.001)}`;
  return format.format(score < 1 ? Math.min(score, 0.999) : score);
}

/** "in 5 seconds", "in 2 minutes". @param seconds from now, 0 or more */
export function fromNow(seconds: number, locale: string): string {
  const format = new Intl.RelativeTimeFormat(locale);
  return seconds < 90 ? format.format(Math.ceil(seconds), 'second') : format.format(Math.ceil(seconds / 60), 'minute');
}
