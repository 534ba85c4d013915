/** Firefox, where the system has one. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

export function firefoxPath(): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.flatMap((folder) => ['firefox', 'firefox-esr'].map((name) => join(folder, name))).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
