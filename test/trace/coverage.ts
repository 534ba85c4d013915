/** V8 coverage → the project's own functions that ran. */
import { readdir, readFile } from 'node:fs/promises';
import type { Profiler } from 'node:inspector';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface RanFunction {
  /** Relative to the project. */
  readonly file: string;
  readonly name: string;
  /** In UTF-16 units from the start of the file: tells functions of one name apart. */
  readonly offset: number;
}

/** @param root of the project: a checkout, whose node_modules and tests are left out */
export function functionsThatRan(scripts: readonly Profiler.ScriptCoverage[], root: string): RanFunction[] {
  return scripts.flatMap(({ url, functions }) => {
    if (!url.startsWith('file://')) return [];
    const file = relative(root, fileURLToPath(url)).split(sep).join('/');
    if (file.startsWith('../') || file.includes('node_modules/') || file.startsWith('test/')) return [];
    return functions.flatMap(({ functionName: name, ranges: [range] }) => {
      // The module itself is a function without a name that begins with the file.
      const isModule = name === '' && range!.startOffset === 0;
      return range!.count > 0 && !isModule ? { file, name: name || '(anonymous)', offset: range!.startOffset } : [];
    });
  });
}

/** What the processes wrote that ran with NODE_V8_COVERAGE: one file for each process and each of its threads. */
export async function readCoverageFolder(folder: string): Promise<Profiler.ScriptCoverage[]> {
  const files = (await readdir(folder)).map((name) => readFile(join(folder, name), 'utf8'));
  return (await Promise.all(files)).flatMap(
    (text) => (JSON.parse(text) as { result: Profiler.ScriptCoverage[] }).result,
  );
}

/** Threads and processes run the same functions: each is counted once. */
export function count(ran: readonly RanFunction[]) {
  const files = new Set(ran.map(({ file }) => file));
  return {
    files: files.size,
    folders: new Set([...files].map((file) => dirname(file))).size,
    functions: new Set(ran.map(({ file, offset }) => `${file}:${offset}`)).size,
  };
}

/** Folder → files that ran in it. */
export function filesByFolder(ran: readonly RanFunction[]): Record<string, string[]> {
  const folders: Record<string, Set<string>> = {};
  for (const { file } of ran) {
    folders[dirname(file)] ??= new Set();
    folders[dirname(file)]!.add(file.slice(dirname(file).length + 1));
  }
  const entries = Object.entries(folders).map(([folder, files]) => [folder, [...files].sort()] as const);
  return Object.fromEntries(entries.sort());
}
