/** How a benchmark's figures look in Markdown. */
import type { Summary } from './measure.ts';

export function verdict(met: boolean): string {
  return met ? 'met' : '**falls short**';
}

export function spread({ median, lowerQuartile, upperQuartile }: Summary, digits: number): string {
  return `${median.toFixed(digits)} (${lowerQuartile.toFixed(digits)} to ${upperQuartile.toFixed(digits)})`;
}

/** A Markdown table, the first row its head, in columns that line up on a terminal too. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(3, ...rows.map((row) => row[column]!.length)));
  const line = (cells: readonly string[]) => `| ${cells.map((cell, i) => cell.padEnd(widths[i]!)).join(' | ')} |`;
  const [head, ...body] = rows;
  return [line(head!), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n');
}
