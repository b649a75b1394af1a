import { afterEach, describe, expect, inject, it } from 'vitest';
import { mailsTo } from '#tests/helpers/events.ts';
import { browserOf } from './browser.ts';
import { mailServer, openDashboard, registerThrough, rowOf } from './dashboard-page.ts';

const open = browserOf();

describe('the dashboard', () => {
  it('asks for the token, rejects a wrong one, and shows the figures for the right one', async () => {
    const { page, complaints } = await open();
    await page.goto('/dashboard');

    await page.getByLabel('Operator token').fill('not-the-token');
    await page.getByRole('button', { name: 'Show' }).click();
    await page.getByText('Wrong token.').waitFor();
    await page.getByLabel('Operator token').fill(inject('application').operatorToken);
    await page.getByRole('button', { name: 'Show' }).click();

    await page.getByText('Live', { exact: true }).waitFor();
    await page.getByText('sendWelcomeEmail').waitFor();
    expect(await page.getByRole('heading', { level: 3 }).allInnerTexts()).toEqual(
      ['HTTP', 'Outbox', 'Kafka', 'Mail', 'Confirmed', 'Failed'].map((name) => expect.stringContaining(name)),
    );
    expect(await page.getByRole('listitem').filter({ hasText: 'Redis' }).innerText()).toContain('up');
    expect(complaints).toEqual([]);
  });

  it('keeps the token for this tab only, and forgets it on request', async () => {
    const { page } = await open();
    await openDashboard(page);
    await page.reload();
    await page.getByText('Live', { exact: true }).waitFor();

    await page.getByRole('button', { name: 'Forget token' }).click();

    await page.getByLabel('Operator token').waitFor();
    expect(await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]))).toBe('[{},{}]');
  });

  it('registers a user and shows the event finishing, by keyboard alone', async () => {
    const { page, complaints } = await open();
    await openDashboard(page);
    await page.getByLabel('First name').focus();
    for (const text of ['Ada', 'Lovelace', `keys${Date.now()}@b.io`, 'hush-correct-horse']) {
      await page.keyboard.type(text);
      await page.keyboard.press('Tab');
    }
    await page.keyboard.press('Enter');

    await page.getByText(/mailed and confirmed after/).waitFor();
    const row = page.getByRole('row').filter({ hasText: 'keys' }).first();
    await row.getByText('Finished').waitFor();
    expect(complaints).toEqual([]);
  });

  it('marks invalid fields and focuses the first one', async () => {
    const { page } = await open();
    await page.goto('/dashboard');
    await page.getByLabel('First name').fill('Ada');
    await page.getByLabel('E-mail').fill('nobody');
    await page.getByRole('button', { name: 'Register' }).click();

    await page.getByText('Last name must be between 1 and 20!').waitFor();
    await page.getByText('Provide correct email syntax, between 5 and 32!').waitFor();
    expect(await page.getByLabel('Last name').evaluate((field) => field === document.activeElement)).toBe(true);
    expect(await page.getByLabel('E-mail').getAttribute('aria-invalid')).toBe('true');
    expect(await page.getByLabel('First name').getAttribute('aria-invalid')).toBeNull();
  });

  it('fills in a valid example', async () => {
    const { page } = await open();
    await openDashboard(page);

    await page.getByRole('button', { name: 'Fill in an example' }).click();
    await page.getByRole('button', { name: 'Register' }).click();

    await page
      .locator('#register-result')
      .filter({ hasText: /registered as user \d+|mailed and confirmed/ })
      .waitFor();
  });

  it('shows FAILED with the reason, and retries it', async () => {
    const { page } = await open();
    await openDashboard(page);
    const email = await registerThrough(page, 'redrive');
    await rowOf(page, email).getByText('Failed').waitFor();
    await rowOf(page, email).getByText('550 5.1.1').waitFor();

    await rowOf(page, email).getByRole('button', { name: 'Retry' }).click();

    await rowOf(page, email).getByText('Finished').waitFor();
    expect(await mailsTo(email)).toHaveLength(1);
  });

  it('shows only the events of the selected state', async () => {
    const { page } = await open();
    await openDashboard(page);
    const email = await registerThrough(page, 'bounce');
    await rowOf(page, email).getByText('Failed').waitFor();

    await page.getByText('Finished', { exact: true }).first().click();
    await rowOf(page, email).waitFor({ state: 'detached' });
    await page.locator('#filter').getByText('Failed', { exact: true }).click();

    await rowOf(page, email).waitFor();
  });
});

describe('while a service is unavailable', () => {
  afterEach(() => mailServer('start'));

  it('shows the mail waiting for the server, and its recovery', async () => {
    const { page } = await open();
    await openDashboard(page);
    await mailServer('stop');
    const email = await registerThrough(page);

    await rowOf(page, email).getByText('Processing').waitFor();
    await rowOf(page, email)
      .getByText(/waiting to be sent, next try/)
      .waitFor();
    await page.getByText('the mail server is down').waitFor();
    await page.getByRole('listitem').filter({ hasText: 'Mail server' }).getByText(/^down/).waitFor();
    await mailServer('start');

    await rowOf(page, email).getByText('Finished').waitFor();
    await page.getByText('the mail server is down').waitFor({ state: 'detached' });
    expect(await mailsTo(email)).toHaveLength(1);
  });

  it('shows the refusals of a recipient that will be retried', async () => {
    const { page } = await open();
    await openDashboard(page);
    const email = await registerThrough(page, 'greylist');

    await rowOf(page, email)
      .getByText(/refused (once|\d+ times), next try .*451 4\.7\.1/)
      .waitFor();
  });

  it('shows a banner while the back end is down, and recovers by itself', async () => {
    const { page, complaints } = await open();
    await openDashboard(page);
    const email = await registerThrough(page);
    await rowOf(page, email).getByText('Finished').waitFor();

    await page.context().setOffline(true);
    const banner = page.getByRole('alert').filter({ hasText: 'The API does not respond' });
    await banner.waitFor();
    expect(await banner.innerText()).toMatch(/since \d\d:\d\d:\d\d.*The figures are from \d\d:\d\d:\d\d/);
    expect(await rowOf(page, email).innerText()).toContain('Finished');
    await page.context().setOffline(false);

    await banner.waitFor({ state: 'hidden' });
    await page.getByText('Live', { exact: true }).waitFor();
    expect(complaints).toEqual([]);
  });
});
