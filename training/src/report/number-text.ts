/** Formats of numbers and times in reports and tables. */

const whole = new Intl.NumberFormat('en');

export function count(value: number): string {
  return whole.format(value);
}

/** A share, loss or probability to four decimals; a dash if undefined or NaN. */
export function four(value: number | undefined): string {
  return value === undefined || Number.isNaN(value) ? '–' : value.toFixed(4);
}

export function three(value: number): string {
  return Number.isNaN(value) ? '–' : value.toFixed(3);
}

/** `1 h 4 min`, `12 min 5 s`, `9 s` */
export function duration(seconds: number): string {
  const rounded = Math.round(seconds);
  const [hours, minutes, rest] = [Math.floor(rounded / 3600), Math.floor(rounded / 60) % 60, rounded % 60];
  if (hours > 0) return `${hours} h ${minutes} min`;
  return minutes > 0 ? `${minutes} min ${rest} s` : `${rest} s`;
}

/** `2026-11-25 12:27 UTC` from an ISO 8601 time */
export function time(iso: string): string {
  return `${iso.slice(0, 16).replace('T', ' ')} UTC`;
}
