/** The most confident mistakes, as images. */
import { html } from 'hono/html';
import type { ShownMistake } from '../content.ts';
import { three } from '../number-text.ts';
import { type Html, isolated, type Section } from './section.ts';

export const mistakesSection: Section = {
  id: 'mistakes',
  title: 'Most confident mistakes',
  body({ mistakes, config }) {
    return mistakes.length === 0
      ? html`<p>None: every test image was classified correctly.</p>`
      : html`<p>The wrong answers with the highest probability, with the images as the network sees them. Mislabeled images show
up here first.</p>
<ul class="images">${mistakes.map((mistake) => shown(mistake, config.labels))}</ul>`;
  },
};

function shown(
  { image, truth, answer, probability, probabilityOfTruth, uri, path }: ShownMistake,
  labels: readonly string[],
): Html {
  const [truthLabel, answerLabel] = [labels[truth]!, labels[answer]!];
  return html`<li><img src="${uri}" alt="${truthLabel}, classified as ${answerLabel}" width="96" height="96">
<p><strong>${isolated(answerLabel)}</strong> ${three(probability)}<br>true class: ${isolated(truthLabel)} ${three(probabilityOfTruth)}</p>
<p class="place">${path === undefined ? `test image ${image}` : isolated(path)}</p></li>\n`;
}
