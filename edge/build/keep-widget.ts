/** `npm run keep-widget`, before a deployment: pages that pin the widget as it is now have it afterwards too. */
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { buildWidget, KEPT } from './widget.ts';

const { files, path } = await buildWidget();
const target = join(KEPT, basename(path));
await mkdir(KEPT, { recursive: true });
await writeFile(target, files.get(path)!);
console.log(`Kept ${target}: commit it.`);
