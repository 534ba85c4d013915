/** Formats the report on an image folder for the terminal. */
import type { DataSet } from '../data/data-set.ts';
import type { Groups } from '../data/image-folder/duplicates.ts';
import type { DatasetReport } from '../data/image-folder/image-folder.ts';
import { partNames } from '../data/image-folder/listing.ts';

/** Classes that are listed; `--json` has all of them. */
const LISTED = 50;

export function describeDatasetReport(data: DataSet, datasetReport: DatasetReport): string {
  const { majority, warnings } = datasetReport;
  const total = data.train.count + data.validation.count + data.test.count;
  return [
    `${data.name}: ${total.toLocaleString('en')} images of ${data.labels.length} classes, read as ${data.shape.join('x')}`,
    ...countTable(data.labels, datasetReport),
    parts(datasetReport),
    `Majority-class baseline: always answering "${majority.label}" is correct for ${percent(majority.share)} of the test images.`,
    ...skippedLines(datasetReport),
    ...unreadableLines(datasetReport),
    ...duplicateLines(datasetReport),
    ...warnings.map((warning) => `Warning: ${warning}`),
  ].join('\n');
}

function countTable(labels: readonly string[], { counts }: DatasetReport): string[] {
  const width = Math.max(5, ...labels.slice(0, LISTED).map((label) => label.length));
  const row = (name: string, cells: readonly (string | number)[]) =>
    `  ${name.padEnd(width)}${cells.map((cell) => String(cell).padStart(9)).join('')}`;
  const rows = labels.slice(0, LISTED).map((label, i) =>
    row(
      label,
      partNames.map((part) => counts[part][i]!),
    ),
  );
  const more = labels.length > LISTED ? [`  … and ${labels.length - LISTED} more classes`] : [];
  const sums = partNames.map((part) => counts[part].reduce((sum, count) => sum + count, 0));
  return [row('class', ['train', 'val', 'test']), ...rows, ...more, row('total', sums)];
}

function parts({ givenParts }: DatasetReport): string {
  if (givenParts.length === 3) return 'The parts are the ones that you chose.';
  if (givenParts.length === 0) return 'The parts are a stratified random split (--split-seed).';
  const drawn = partNames.filter((part) => !givenParts.includes(part));
  return `No ${drawn.join(' or ')} part was given: taken from train as a stratified random split (--split-seed).`;
}

function skippedLines({ skipped }: DatasetReport): string[] {
  return skipped.map(
    ({ why, count, examples }) =>
      `Skipped ${why}: ${count} (${examples.join(', ')}${count > examples.length ? ' …' : ''})`,
  );
}

function unreadableLines({ unreadable: { count, share, examples, list } }: DatasetReport): string[] {
  if (count === 0) return [];
  const more = count > examples.length ? [`  … full list: ${list}`] : [];
  return [`Unreadable and skipped: ${count} (${percent(share)})`, ...examples.map((line) => `  ${line}`), ...more];
}

function duplicateLines({ duplicates: { sameFile, samePixels, acrossParts, acrossClasses } }: DatasetReport): string[] {
  const lines: string[] = [];
  if (sameFile + samePixels > 0)
    lines.push(
      `Duplicates: ${sameFile} with the same bytes as another image, ${samePixels} more with the same pixels at this size`,
    );
  const warn = (what: string, { count, examples }: Groups) => {
    if (count > 0) lines.push(`Warning: ${what}: ${count}`, ...examples.map((paths) => `  ${paths.join(' = ')}`));
  };
  warn('equal images in several parts, which makes validation and test metrics too optimistic', acrossParts);
  warn('equal images with several classes', acrossClasses);
  return lines;
}

function percent(value: number): string {
  return `${(value * 100).toFixed(1)}%`;
}
