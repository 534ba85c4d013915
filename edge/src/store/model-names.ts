/** The folders `models/<name>/` of a listing → the names, sorted. */
export function modelNames(folders: readonly string[]): string[] {
  return folders.flatMap((folder) => /^models\/([a-z0-9-]{1,64})\/$/.exec(folder)?.[1] ?? []).sort();
}
