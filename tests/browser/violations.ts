import axe from 'axe-core';
import type { Page } from 'playwright-core';

/**
 * axe-core's violations on the page, one line per element.
 * @param except rules to skip
 */
export async function violationsOf(page: Page, except: readonly string[] = []): Promise<string[]> {
  // Evaluated from outside the page, because the page's content security policy would block it.
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
