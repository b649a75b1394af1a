import { describe, expect, inject, it } from 'vitest';
import { browserOf, PHONE } from './browser.ts';
import { openDashboard, registerThrough, rowOf } from './dashboard-page.ts';
import { violationsOf } from './violations.ts';

const open = browserOf();

describe('the panel of an event', () => {
  it('opens from the list by keyboard, shows the way from HTTP to confirmed, and closes with Escape', async () => {
    const { page, complaints } = await open();
    await openDashboard(page);
    const email = await registerThrough(page);
    await rowOf(page, email).getByText('Finished').waitFor();
    const link = rowOf(page, email).getByRole('link', { name: email });

    await link.focus();
    await page.keyboard.press('Enter');

    const panel = page.getByRole('dialog', { name: `Finished: ${email}` });
    await panel.getByRole('rowheader', { name: 'Confirmed' }).waitFor();
    const steps = async () => (await panel.getByRole('rowheader').allInnerTexts()).map((text) => text.split('\n')[0]);
    // The lines of the log arrive a moment after the rows.
    await expect
      .poll(steps, { timeout: 10_000 })
      .toEqual([
        'Received over HTTP',
        'Password hashed',
        'Committed',
        'Published',
        'Consumed and claimed',
        'Handed over',
        'Accepted',
        'Confirmed',
      ]);
    await expect
      .poll(() => panel.getByRole('listitem').allInnerTexts(), { timeout: 10_000 })
      .toEqual(
        expect.arrayContaining([expect.stringContaining('Mail sent'), expect.stringContaining('Events confirmed')]),
      );
    const { mailsUrl } = inject('application');
    expect(await panel.getByRole('link', { name: 'Mail catcher' }).getAttribute('href')).toBe(mailsUrl);
    expect(page.url()).toMatch(/\/dashboard#\/events\/[0-9a-f-]{36}$/);

    await page.keyboard.press('Escape');
    await panel.waitFor({ state: 'hidden' });
    await page.waitForURL(/\/dashboard$/);
    expect(await link.evaluate((element) => element === document.activeElement)).toBe(true);
    expect(complaints).toEqual([]);
  });

  it('has an address of its own, which opens it again, and copies it', async () => {
    const { page } = await open();
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await openDashboard(page);
    const email = await registerThrough(page);
    await rowOf(page, email).getByText('Finished').waitFor();
    await rowOf(page, email).getByRole('link', { name: email }).click();
    await page.getByRole('button', { name: 'Copy link' }).click();
    await page.getByText('Copied the link.').waitFor({ state: 'attached' });
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    expect(copied).toBe(page.url());

    await page.goto('about:blank');
    await page.goto(copied);

    await page.getByRole('dialog', { name: `Finished: ${email}` }).waitFor();
    await page.goBack();
  });

  it('shows refusals and the dead letter, and retries', async () => {
    const { page } = await open();
    await openDashboard(page);
    const email = await registerThrough(page, 'redrive');
    await rowOf(page, email).getByText('Failed').waitFor();
    await rowOf(page, email).getByRole('link', { name: email }).click();
    const panel = page.getByRole('dialog');
    await panel.getByRole('rowheader', { name: 'Dead letter' }).getByText('550 5.1.1').waitFor();

    await panel.getByRole('button', { name: 'Retry' }).click();

    await panel.getByRole('rowheader', { name: 'Retried' }).waitFor();
    await panel.getByRole('rowheader', { name: 'Confirmed' }).waitFor();
    await page.getByRole('dialog', { name: `Finished: ${email}` }).waitFor();
    await panel.getByRole('rowheader', { name: 'Dead letter' }).waitFor();
  });

  it('shows the lines of the event in the address, also after another event', async () => {
    const { page } = await open();
    await openDashboard(page);
    const panel = page.getByRole('dialog');
    const userIds = async () =>
      (await panel.getByRole('listitem').allInnerTexts()).flatMap((text) => /userId=(\d+)/.exec(text)?.[1] ?? []);
    const emails: string[] = [];
    while (emails.length < 2) {
      const email = await registerThrough(page);
      await rowOf(page, email).getByText('Finished').waitFor();
      emails.push(email);
    }
    const opened: string[][] = [];
    for (const email of emails) {
      const address = await rowOf(page, email).getByRole('link', { name: email }).getAttribute('href');
      await page.evaluate((hash) => Object.assign(location, { hash }), address);
      await page.getByRole('dialog', { name: `Finished: ${email}` }).waitFor();
      await panel.getByText('Events confirmed').waitFor();
      opened.push(await userIds());
    }
    expect(opened).toEqual([[expect.any(String)], [expect.any(String)]]);
    expect(opened[0]).not.toEqual(opened[1]);
  });

  it('shows nothing of the event before when the next one is unknown', async () => {
    const { page } = await open();
    await openDashboard(page);
    const email = await registerThrough(page, 'bounce');
    await rowOf(page, email).getByText('Failed').waitFor();
    await rowOf(page, email).getByRole('link', { name: email }).click();
    const panel = page.getByRole('dialog', { name: `Failed: ${email}` });
    await panel.getByRole('button', { name: 'Retry' }).waitFor();
    await panel.getByText('Registration accepted').waitFor();

    await page.evaluate(() => Object.assign(location, { hash: '#/events/6f1c2f0e-5d5f-4c6e-9b0a-00000000dead' }));

    const empty = page.getByRole('dialog', { name: 'Event', exact: true });
    await empty.getByRole('alert').getByText('There is no event with this uuid.').waitFor();
    expect(await empty.getByRole('rowheader').count()).toBe(0);
    expect(await empty.getByRole('listitem').count()).toBe(0);
    expect(await empty.getByRole('button').allInnerTexts()).toEqual(['Close', 'Copy link']);
    expect(await empty.getByText(email).count()).toBe(0);
  });

  it('says what is wrong: no token, no such event', async () => {
    const { page } = await open();
    await page.goto('/dashboard#/events/6f1c2f0e-5d5f-4c6e-9b0a-00000000dead');
    await page.getByRole('alert').getByText('sign in as operator').waitFor();
    await page.keyboard.press('Escape');

    await page.getByLabel('Operator token').fill(inject('application').operatorToken);
    await page.getByRole('button', { name: 'Show' }).click();
    await page.getByText('Live', { exact: true }).waitFor();
    await page.goto('/dashboard#/events/6f1c2f0e-5d5f-4c6e-9b0a-00000000dead');

    await page.getByRole('alert').getByText('There is no event with this uuid.').waitFor();
  });

  it.each(['light', 'dark'] as const)('has no violation of axe-core in %s, and fits a phone', async (colorScheme) => {
    const { page } = await open({ colorScheme, viewport: PHONE });
    await openDashboard(page);
    const email = await registerThrough(page, 'bounce');
    await rowOf(page, email).getByText('Failed').waitFor();
    await rowOf(page, email).getByRole('link', { name: email }).click();
    await page.getByRole('rowheader', { name: 'Dead letter' }).waitFor();

    expect(await violationsOf(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(PHONE.width);
  });
});
