/** Renders the report as one HTML file that works offline and loads nothing, even if a label contains HTML. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { html, raw } from 'hono/html';
import type { ReportContent } from './content.ts';
import { calibrationSection } from './sections/calibration.ts';
import { classesSection } from './sections/classes.ts';
import { confusionSection } from './sections/confusion.ts';
import { curvesSection } from './sections/curves.ts';
import { dataSection } from './sections/data-set.ts';
import { mistakesSection } from './sections/mistakes.ts';
import { quantizationSection } from './sections/quantization.ts';
import { reproductionSection } from './sections/reproduction.ts';
import { isolated, type Section } from './sections/section.ts';
import { summarySection } from './sections/summary.ts';

/** In the order of the page. */
const sections: readonly Section[] = [
  summarySection,
  curvesSection,
  confusionSection,
  classesSection,
  mistakesSection,
  calibrationSection,
  quantizationSection,
  dataSection,
  reproductionSection,
];

export async function reportPage(content: ReportContent): Promise<string> {
  const css = await readFile(new URL('page.css', import.meta.url), 'utf8');
  // Allows images embedded in the file and this one style sheet; no scripts, frames or other hosts.
  const policy = `default-src 'none'; img-src data:; style-src 'sha256-${createHash('sha256').update(css).digest('base64')}'; base-uri 'none'; form-action 'none'`;
  const page = await html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${content.config.architecture.name} on ${content.config.data.name}: training report</title>
<style>${raw(css)}</style>
</head>
<body>
<header>
<h1>${isolated(content.config.architecture.name)} on ${isolated(content.config.data.name)}</h1>
<p>Training report of the run ${isolated(content.id)}</p>
<nav aria-label="Sections"><ul>${sections.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}</ul></nav>
</header>
<main>
${sections.map(
  (section) =>
    html`<section aria-labelledby="${section.id}"><h2 id="${section.id}">${section.title}</h2>${section.body(content)}</section>`,
)}
</main>
</body>
</html>
`;
  return page.toString();
}
