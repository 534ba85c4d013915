/** The `Server-Timing` header (W3C): names and milliseconds. */
export function serverTiming(durations: Readonly<Record<string, number>>): string {
  return Object.entries(durations)
    .map(([name, duration]) => `${name};dur=${duration.toFixed(2)}`)
    .join(', ');
}
