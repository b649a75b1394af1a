import axe from 'axe-core';
import type { Page } from 'playwright-core';

/**
 * What axe-core finds wrong with the page, one line for each element.
 * @param except rules that are not asked
 */
export async function violationsOf(page: Page, except: readonly string[] = []): Promise<string[]> {
  // Evaluated from outside, so that the page's own policy does not forbid it.
  await page.evaluate(axe.source);
  const results = await page.evaluate(async (disabled) => {
    const rules = Object.fromEntries(disabled.map((rule) => [rule, { enabled: false }]));
    return window.axe.run({ rules });
  }, except);
  return results.violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary = '' }) => `${id}: ${help} at ${target.join(' ')}: ${failureSummary}`),
  );
}

declare global {
  interface Window {
    axe: typeof axe;
  }
}
