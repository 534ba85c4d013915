/** The output of the command line: text with progress bars on a terminal, or one JSON object per line with `--json`. */
import { Presets, SingleBar } from 'cli-progress';

export interface Bar {
  update(done: number, note: string): void;
  stop(): void;
}

export interface Output {
  /** A message; with `--json`, {"event": "note"}. */
  note(text: string): void;
  /** A result: `text` for humans, `event` for `--json`. */
  event(name: string, event: object, text: string): void;
  /** A progress bar on a terminal; no output elsewhere. */
  bar(total: number): Bar;
}

const noBar: Bar = { update: () => {}, stop: () => {} };

export function createOutput(json: boolean): Output {
  if (json) {
    const line = (name: string, event: object) =>
      process.stdout.write(`${JSON.stringify({ event: name, ...event })}\n`);
    return { note: (text) => line('note', { text }), event: line, bar: () => noBar };
  }
  return {
    note: (text) => console.log(text),
    event: (_, __, text) => console.log(text),
    bar: (total) => (process.stdout.isTTY ? terminalBar(total) : noBar),
  };
}

function terminalBar(total: number): Bar {
  const bar = new SingleBar(
    { format: '{value}/{total} [{bar}] {note}', hideCursor: true, clearOnComplete: true, etaBuffer: 50 },
    Presets.legacy,
  );
  bar.start(total, 0, { note: '' });
  return { update: (done, note) => bar.update(done, { note }), stop: () => bar.stop() };
}

/** Formats rows of cells as aligned columns. */
export function inColumns(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]!.length))) ?? [];
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  );
}
