/** The report as one HTML file that works offline and loads nothing, not even by a label that looks like HTML. */
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
import { foreign } from './sections/section.ts';
import { summarySection } from './sections/summary.ts';

const sections = [
  { id: 'summary', name: 'Summary', draw: summarySection },
  { id: 'curves', name: 'Learning curves', draw: curvesSection },
  { id: 'confusion', name: 'Confusion', draw: confusionSection },
  { id: 'classes', name: 'Classes', draw: classesSection },
  { id: 'mistakes', name: 'Mistakes', draw: mistakesSection },
  { id: 'calibration', name: 'Calibration', draw: calibrationSection },
  { id: 'quantization', name: 'Quantization', draw: quantizationSection },
  { id: 'data', name: 'Data', draw: dataSection },
  { id: 'reproduction', name: 'Reproduction', draw: reproductionSection },
];

export async function reportPage(content: ReportContent): Promise<string> {
  const css = await readFile(new URL('page.css', import.meta.url), 'utf8');
  // Images that are in the file and this one style sheet; no script, no frame, no other host.
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
<h1>${foreign(content.config.architecture.name)} on ${foreign(content.config.data.name)}</h1>
<p>Training report of the run ${foreign(content.id)}</p>
<nav aria-label="Sections"><ul>${sections.map(({ id, name }) => html`<li><a href="#${id}">${name}</a></li>`)}</ul></nav>
</header>
<main>
${sections.map(({ draw }) => draw(content))}
</main>
</body>
</html>
`;
  return page.toString();
}
