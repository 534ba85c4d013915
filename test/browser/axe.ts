/** Accessibility violations that axe finds on a page. */
import axe from 'axe-core';
import type { Page } from 'playwright-core';

/** @returns each violated rule, with the element */
export async function axeFindings(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = (await page.evaluate('axe.run()')) as axe.AxeResults;
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
  );
}
