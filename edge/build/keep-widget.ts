/** `npm run keep-widget`, before a deployment: keeps the current widget for the pages that pin it by its hash. */
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { buildWidget, KEPT } from './widget.ts';

const { files, path } = await buildWidget();
const target = join(KEPT, basename(path));
await mkdir(KEPT, { recursive: true });
await writeFile(target, files.get(path)!);
console.log(`Wrote ${target}. Commit it.`);
