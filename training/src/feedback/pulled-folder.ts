/**
 * The folder that `pull` writes: one folder of images per label, which training reads; `labels.csv`, the same as a list; and
 * `feedback.jsonl`, every record with the path of its image.
 */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { FeedbackRecord, StoredImage } from '@glimpse/shared/feedback/record';
import { formats, imageFormats } from '@glimpse/shared/image/formats';
import { writeAtomic } from '../files/atomic.ts';

/** A line of feedback.jsonl. */
export interface PulledFeedback {
  readonly record: FeedbackRecord;
  /** The image's path relative to the folder; absent without an image. */
  readonly file?: string;
}

const RECORDS = 'feedback.jsonl';
const LABELS = 'labels.csv';
/** File systems allow 255 bytes; percent-encoding triples a byte. */
const MAX_NAME_BYTES = 200;

/** Paths that `pull` may have written, and so may delete. They never lead out of the folder. */
const OWN_FILE = new RegExp(
  String.raw`^[^/\\]+/\d{4}-\d{2}-\d{2}-[0-9a-f]{32}\.(?:${imageFormats.map(extensionOf).join('|')})$`,
);

/** The path of a record's image. @returns undefined without an image */
export function placeOf({ id, label, picture: image }: FeedbackRecord): string | undefined {
  return image && `${folderName(label)}/${id}.${extensionOf(image.format)}`;
}

/** Raw pixels are written as PNG. */
function extensionOf(format: StoredImage['format']): string {
  return formats[format === 'rgb8' || format === 'grey8' ? 'png' : format].extensions[0]!;
}

/** The label, with the characters escaped that a folder name cannot have. */
export function folderName(label: string): string {
  const isPlain = /^[^./\\%\p{Cc}][^/\\%\p{Cc}]*$/u.test(label) && label.trim() === label && !/^__macosx$/i.test(label);
  if (isPlain && Buffer.byteLength(label) <= MAX_NAME_BYTES) return label;
  const escaped = [...label.toWellFormed()]
    .map((sign) => (/[\p{L}\p{N}_-]/u.test(sign) ? sign : encodeURIComponent(sign)))
    .join('');
  // encodeURIComponent does not encode dots.
  const name = escaped.replaceAll('.', '%2E');
  let cut = name;
  while (Buffer.byteLength(cut) > MAX_NAME_BYTES) cut = cut.slice(0, -1);
  return cut;
}

/** Skips invalid lines: their records are pulled again. */
export async function readPulled(folder: string): Promise<PulledFeedback[]> {
  const text = await readFile(join(folder, RECORDS), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  return text.split('\n').flatMap((line) => {
    try {
      const { file, ...record } = JSON.parse(line) as FeedbackRecord & { file?: string };
      if (typeof record.id !== 'string' || typeof record.model !== 'string') return [];
      return [{ record, ...(typeof file === 'string' && OWN_FILE.test(file) && { file }) }];
    } catch {
      return [];
    }
  });
}

export async function writePulled(folder: string, pulled: readonly PulledFeedback[]): Promise<void> {
  const lines = pulled.map(({ record, file }) => JSON.stringify({ ...record, ...(file && { file }) }));
  await writeAtomic(join(folder, RECORDS), lines.map((line) => `${line}\n`).join(''));
}

/** The images with their labels and origins. */
export async function writeLabels(folder: string, pulled: readonly PulledFeedback[]): Promise<void> {
  const rows = pulled.flatMap(({ record, file }) => {
    const { id, label, model, version, answer } = record;
    return file ? [[file, label, id, model, version, answer.label, answer.score.toFixed(4), answer.time]] : [];
  });
  const header = ['path', 'label', 'id', 'model', 'version', 'answered', 'score', 'time'];
  const text = [header, ...rows].map((row) => `${row.map(cell).join(',')}\n`).join('');
  await writeAtomic(join(folder, LABELS), text);
}

/** RFC 4180. */
function cell(text: string): string {
  return /[",;\t\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export async function isThere(folder: string, file: string): Promise<boolean> {
  return (await stat(join(folder, file)).catch(() => undefined))?.isFile() === true;
}
