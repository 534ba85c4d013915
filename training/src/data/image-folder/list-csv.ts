/**
 * Lists the images of a CSV with the columns `path` and `label` and, if the user chooses the parts, `split`. Other columns
 * are ignored. UTF-8, separated by comma, semicolon or tab, quotes as in RFC 4180.
 */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, isAbsolute, join, normalize, sep } from 'node:path';
import { CsvError, type Info, parse } from 'csv-parse';
import { classesOf } from './class-names.ts';
import { MAX_IMAGES } from './limits.ts';
import { statOf, timesOf } from './list-folder.ts';
import {
  byCodePoint,
  checkImageCount,
  invalid,
  type ListedFile,
  type Listing,
  type PartName,
  partSpellings,
  SkippedEntries,
} from './listing.ts';

interface Row {
  readonly line: number;
  readonly path: string;
  readonly label: string;
  readonly part?: PartName;
}

/** Files examined concurrently. */
const CONCURRENCY = 64;

/**
 * A relative path must stay within the CSV's folder, so that an untrusted CSV cannot read files around it. Images in other
 * folders need absolute paths.
 *
 * @throws {TrainingError} `data-invalid` with the line number if a row is invalid
 */
export async function listCsv(file: string): Promise<Listing> {
  const root = dirname(file);
  const skipped = new SkippedEntries();
  const rows = await readRows(file, skipped);
  const { labels, indexOf } = classesOf(new Set(rows.map(({ label }) => label)));
  const files: ListedFile[] = [];
  for (let from = 0; from < rows.length; from += CONCURRENCY) {
    const some = rows.slice(from, from + CONCURRENCY);
    const stats = await Promise.all(some.map(({ path }) => statOf(isAbsolute(path) ? path : join(root, path))));
    for (const [i, { path, label, part }] of some.entries()) {
      const times = stats[i]?.isFile() ? timesOf(stats[i]) : { size: 0, modified: 0, changed: 0 };
      files.push({ path, class: indexOf.get(label)!, ...times, ...(part ? { part } : {}) });
    }
  }
  files.sort((a, b) => byCodePoint(a.path, b.path));
  return { root, labels, files, skipped: skipped.list() };
}

async function readRows(file: string, skipped: SkippedEntries): Promise<Row[]> {
  const byPath = new Map<string, Row>();
  const parser = parse({
    delimiter: await delimiterOf(file),
    bom: true,
    columns: (header: string[]) => checkHeader(file, header),
    trim: true,
    skip_empty_lines: true,
    info: true,
  });
  const source = createReadStream(file);
  source.on('error', (error) => parser.destroy(error));
  source.pipe(parser);
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: Record<string, string>; info: Info }>) {
      const row = readRow(file, info.lines, record);
      const other = byPath.get(row.path);
      if (!other) byPath.set(row.path, row);
      else if (other.label === row.label && other.part === row.part) skipped.add('duplicate rows', `line ${row.line}`);
      else
        throw invalid(
          `${file}, lines ${other.line} and ${row.line}: ${row.path} is listed twice with different labels or splits. Remove one.`,
        );
      if (byPath.size > MAX_IMAGES) checkImageCount(byPath.size, file);
    }
  } catch (error) {
    if (error instanceof CsvError) throw invalid(`${file} is not a CSV of paths and labels: ${error.message}.`);
    throw error;
  } finally {
    source.destroy();
  }
  const rows = [...byPath.values()];
  const without = rows.find(({ part }) => part === undefined);
  if (without && rows.some(({ part }) => part !== undefined)) {
    throw invalid(
      `${file}, line ${without.line}: the split is empty, but other rows have one. Fill it in for all rows or for none.`,
    );
  }
  return rows;
}

/** The separator that is most frequent in the header; a path may contain the others. */
async function delimiterOf(file: string): Promise<string> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4096));
    const header = buffer.toString('utf8', 0, bytesRead).split(/\r?\n/)[0]!;
    const count = (sign: string) => header.split(sign).length;
    return [',', ';', '\t'].reduce((best, sign) => (count(sign) > count(best) ? sign : best));
  } finally {
    await handle.close();
  }
}

function checkHeader(file: string, header: readonly string[]): string[] {
  const names = header.map((name) => name.trim().toLowerCase());
  for (const needed of ['path', 'label']) {
    if (names.filter((name) => name === needed).length === 1) continue;
    throw invalid(
      `${file} needs a header line with the columns path and label once each, and optionally split. The first line is: ${header.join(', ').slice(0, 200)}`,
    );
  }
  return names;
}

function readRow(file: string, line: number, record: Record<string, string>): Row {
  const at = `${file}, line ${line}`;
  const { path: given = '', label = '', split = '' } = record;
  if (given === '') throw invalid(`${at}: no path.`);
  if (label === '') throw invalid(`${at}: ${given} has no label.`);
  if (given.includes('\0')) throw invalid(`${at}: the path contains a zero byte.`);
  const path = isAbsolute(given) ? normalize(given) : normalize(given).split(sep).join('/');
  if (path === '..' || path.startsWith('../')) {
    throw invalid(
      `${at}: ${given} is outside of the CSV's folder. Move the CSV to a parent folder, or use an absolute path.`,
    );
  }
  if (split === '') return { line, path, label };
  const part = partSpellings.get(split.toLowerCase());
  if (!part) throw invalid(`${at}: the split "${split}" must be train, val or test.`);
  return { line, path, label, part };
}
