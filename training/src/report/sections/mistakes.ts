/** The most confident mistakes, as images. */
import { html } from 'hono/html';
import type { ReportContent, ShownMistake } from '../content.ts';
import { three } from '../number-text.ts';
import { foreign, type Html, section } from './section.ts';

export function mistakesSection({ mistakes, config }: ReportContent): Html {
  return section(
    'mistakes',
    'Most confident mistakes',
    mistakes.length === 0
      ? html`<p>There are none: every test image was named rightly.</p>`
      : html`<p>The wrong answers that were given with the largest probability, as the network sees the images. A wrong
label in the data shows up here first.</p>
<ul class="images">${mistakes.map((mistake) => shown(mistake, config.labels))}</ul>`,
  );
}

function shown(
  { image, truth, answer, probability, probabilityOfTruth, uri, path }: ShownMistake,
  labels: readonly string[],
): Html {
  const [wanted, given] = [labels[truth]!, labels[answer]!];
  return html`<li><img src="${uri}" alt="An image of ${wanted}, taken for ${given}" width="96" height="96">
<p><strong>${foreign(given)}</strong> ${three(probability)}<br>truly ${foreign(wanted)} ${three(probabilityOfTruth)}</p>
<p class="place">${path === undefined ? `test image ${image}` : foreign(path)}</p></li>\n`;
}
