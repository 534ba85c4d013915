/** The link check: relative links, anchors and file paths in Markdown files must exist. `npm run lint` runs it. */
import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { ROOT, trackedFiles } from './words.ts';

/** Top-level folders: a path in backticks that begins with one of them names a file of the repository. */
const REPOSITORY_PATH =
  /^(training|shared|edge|client|test|infra|docs|examples|starter)\/[\w.@/-]*\.(ts|js|md|json|py|sh|html|css|toml|yaml|yml)$/;
/** Built, not tracked. */
const BUILT = /(^|\/)(dist|node_modules|build)\//;

/** The anchors that GitHub gives the headings of a page. */
export function anchorsOf(markdown: string): ReadonlySet<string> {
  const anchors = new Set<string>();
  for (const [, heading] of withoutCode(markdown).matchAll(/^#{1,6} +(.+?) *#*$/gm)) {
    const slug = heading!
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\p{M}\-_ ]/gu, '')
      .replaceAll(' ', '-');
    let anchor = slug;
    for (let n = 1; anchors.has(anchor); n++) anchor = `${slug}-${n}`;
    anchors.add(anchor);
  }
  for (const [, id] of markdown.matchAll(/<a (?:id|name)="([^"]+)"/g)) anchors.add(id!);
  return anchors;
}

/** @returns what is wrong in the page, one line each, e.g. `broken link: keys.md#none` */
export function brokenLinks(page: string, files: ReadonlyMap<string, () => string>): string[] {
  const markdown = files.get(page)!();
  const broken: string[] = [];
  const exists = (path: string) =>
    files.has(path) || [...files.keys()].some((file) => file.startsWith(`${path.replace(/\/$/, '')}/`));
  const text = withoutCode(markdown);
  const targets = [
    ...[...text.matchAll(/\]\(<?([^)\s>]+)>?(?: "[^"]*")?\)/g)].map((match) => match[1]!),
    ...[...text.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1]!),
  ];
  for (const target of targets) {
    if (/^[a-z][a-z0-9+.-]*:|^\/\//i.test(target)) continue;
    const [path = '', anchor] = target.split('#');
    const file = path === '' ? page : normalize(join(dirname(page), decodeURI(path)));
    if (file !== '.' && !exists(file)) broken.push(`broken link: ${target}`);
    else if (anchor && file.endsWith('.md') && !anchorsOf(files.get(file)!()).has(anchor))
      broken.push(`no such heading: ${target}`);
  }
  for (const [, path] of markdown.matchAll(/`([^`\s]+)`/g)) {
    if (REPOSITORY_PATH.test(path!) && !BUILT.test(path!) && !exists(path!)) broken.push(`no such file: ${path}`);
  }
  return broken;
}

/** Fenced code would look like headings and links. */
function withoutCode(markdown: string): string {
  return markdown.replace(/^(```|~~~)[\s\S]*?^\1/gm, '').replace(/^ {4}.*$/gm, '');
}

if (import.meta.main) {
  const files = new Map(trackedFiles().map((file) => [file, () => readFileSync(join(ROOT, file), 'utf8')]));
  for (const page of files.keys()) {
    if (!page.endsWith('.md') || page === 'CHANGELOG.md') continue;
    for (const message of brokenLinks(page, files)) {
      console.error(`${page}: ${message}`);
      process.exitCode = 1;
    }
  }
}
