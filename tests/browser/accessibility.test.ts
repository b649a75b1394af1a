import { describe, expect, it } from 'vitest';
import { browserOf, DESKTOP, PHONE } from './browser.ts';
import { openDashboard, registerThrough, rowOf } from './dashboard-page.ts';
import { violationsOf } from './violations.ts';

const open = browserOf();

const LOOKS = [
  ['light', DESKTOP],
  ['dark', DESKTOP],
  ['light', PHONE],
  ['dark', PHONE],
] as const;

/** Swagger UI's own markup: buttons inside the button-like heading of a call, a skipped heading level, a title outside main. */
const MARKUP_OF_SWAGGER_UI = ['nested-interactive', 'heading-order', 'region'];

describe('axe-core finds no violation', () => {
  it.each(LOOKS)('on the dashboard in %s at %j', async (colorScheme, viewport) => {
    const { page } = await open({ colorScheme, viewport });
    await openDashboard(page);
    const failed = await registerThrough(page, 'bounce');
    await rowOf(page, failed).getByRole('button', { name: 'Retry' }).waitFor();
    const finished = await registerThrough(page);
    await rowOf(page, finished).getByText('Finished').waitFor();
    await page.getByText('MySQL, users').waitFor();

    expect(await violationsOf(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(viewport.width);
  });

  it('on the dashboard with the token form, field errors, and no contact', async () => {
    const { page } = await open();
    await page.goto('/dashboard');
    await page.getByRole('button', { name: 'Register' }).click();
    await page.getByText('Name must be between 1 and 20!', { exact: true }).waitFor();
    await page.context().setOffline(true);
    await page.getByText('The API does not respond').waitFor();

    expect(await violationsOf(page)).toEqual([]);
  });

  it('on Swagger UI', async () => {
    const { page } = await open();
    await page.goto('/swagger-ui/index.html#/users/createUser');
    await page.locator('#operations-users-createUser').getByRole('button', { name: 'Try it out' }).waitFor();

    expect(await violationsOf(page, MARKUP_OF_SWAGGER_UI)).toEqual([]);
  });

  it.each(LOOKS)('on the page at / in %s at %j', async (colorScheme, viewport) => {
    const { page } = await open({ colorScheme, viewport });
    await page.goto('/');

    expect(await violationsOf(page)).toEqual([]);
  });
});
