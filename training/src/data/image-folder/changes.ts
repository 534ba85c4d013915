/** What happened to a folder between two looks at it. */
import type { PreparedImage } from './decoded-cache.ts';

/** @returns for people, e.g. `2 files added (cat/9.jpg, cat/10.jpg), 1 removed (dog/3.jpg)`; empty where nothing changed */
export function describeChanges(before: readonly PreparedImage[], now: readonly PreparedImage[]): string {
  const old = new Map(before.map((image) => [image.path, image]));
  const added: string[] = [];
  const changed: string[] = [];
  const moved: string[] = [];
  for (const { path, fileHash, class: index, part } of now) {
    const was = old.get(path);
    old.delete(path);
    if (!was) added.push(path);
    else if (was.fileHash !== fileHash) changed.push(path);
    else if (was.class !== index || was.part !== part) moved.push(path);
  }
  const listed = { added, removed: [...old.keys()], changed, 'with another class or part': moved };
  return Object.entries(listed)
    .filter(([, paths]) => paths.length > 0)
    .map(([what, paths]) => `${paths.length} ${what} (${some(paths)})`)
    .join(', ');
}

const NAMED = 3;

function some(paths: readonly string[]): string {
  return paths.length > NAMED ? `${paths.slice(0, NAMED).join(', ')} …` : paths.join(', ');
}
