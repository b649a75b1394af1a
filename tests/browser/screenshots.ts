import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { afterAll, describe, expect, inject, it } from 'vitest';
import { createDatabase } from '#shared/db/database.ts';
import { mailsTo } from '#tests/helpers/events.ts';
import { parseMail } from '#tests/helpers/parse-mail.ts';
import { register } from '#tests/helpers/users.ts';
import { browserOf, PHONE } from './browser.ts';
import { openDashboard, registerThrough, rowOf } from './dashboard-page.ts';

/** Takes the pictures in docs/images: `SCREENSHOTS=1 npm run test:browser`. */
const open = browserOf();
const users = createDatabase(inject('application').usersDatabaseUrl, 2);
afterAll(() => users.destroy());

function fileOf(name: string): string {
  return path.resolve('docs/images', `${name}.png`);
}
const MINUTE_MS = 60_000;
/** The whole page except older events. */
const TALL = { width: 1280, height: 1240 };
const people = ['ada', 'alan', 'barbara', 'edsger', 'frances', 'grace', 'john', 'katherine', 'margaret'];

/** A quarter of an hour of registrations, to fill the charts. */
async function seedPast(): Promise<void> {
  const now = Date.now();
  const rows = Array.from({ length: 14 }, (_, minute) => {
    const count = 60 + Math.round(35 * Math.sin(minute / 2.2)) + (minute % 3) * 6;
    return Array.from({ length: count }, (_, index) => {
      const addedAt = now - (14 - minute) * MINUTE_MS + (index * MINUTE_MS) / count / 2;
      const ms = 45 + ((index * 37) % 60) + (index % 17 === 0 ? 120 + minute * 12 : 0);
      return {
        uuid: randomUUID(),
        user_email: `${people[index % people.length]}.${minute}${index}@example.com`,
        event_state: 'FINISHED',
        topic: 'user.email.send',
        attempts: 1,
        added_at: new Date(addedAt),
        published_at: new Date(addedAt + 12),
        processed_at: new Date(addedAt + ms),
      };
    });
  }).flat();
  await users.batchInsert('outbox_events', rows, 500);
}

describe('the pictures', async () => {
  await seedPast();
  for (const name of people) await register({ email: `${name}@example.com` });
  await register({ email: 'bounce.mallory@example.com' });

  it.each([
    ['dashboard-desktop-light', TALL, 'light'],
    ['dashboard-desktop-dark', TALL, 'dark'],
    ['dashboard-phone-light', { ...PHONE, height: 1180 }, 'light'],
  ] as const)('%s', async (name, viewport, colorScheme) => {
    const { page } = await open({ viewport, colorScheme });
    await openDashboard(page);
    await rowOf(page, 'bounce.mallory').getByRole('button', { name: 'Retry' }).waitFor();
    const greylisted = await registerThrough(page, 'greylist');
    await rowOf(page, greylisted)
      .getByText(/refused/)
      .waitFor();
    await page.evaluate(() => window.scrollTo(0, 0));

    const file = await page.screenshot({ path: fileOf(name) });

    expect(file.byteLength).toBeLessThan(300_000);
  });

  it('event-panel-desktop', async () => {
    const { page } = await open({ viewport: { width: 1280, height: 900 }, colorScheme: 'light' });
    await openDashboard(page);
    const email = await registerThrough(page);
    await rowOf(page, email).getByText('Finished').waitFor();
    await rowOf(page, email).getByRole('link', { name: email }).click();
    await page.getByRole('dialog').getByRole('rowheader', { name: 'Confirmed' }).waitFor();

    const file = await page.screenshot({ path: fileOf('event-panel-desktop') });

    expect(file.byteLength).toBeLessThan(200_000);
  });

  it.each([
    ['mail-desktop-light', { width: 720, height: 620 }, 'light'],
    ['mail-phone-dark', PHONE, 'dark'],
  ] as const)('%s', async (name, viewport, colorScheme) => {
    const { page } = await open({ viewport, colorScheme });
    const [raw = ''] = await mailsTo('ada@example.com');
    await page.setContent((await parseMail(raw)).html);

    const file = await page.screenshot({ path: fileOf(name) });

    expect(file.byteLength).toBeLessThan(200_000);
  });

  it.each([
    ['swagger-ui-desktop', '/swagger-ui/index.html', '.opblock'],
    ['home-desktop', '/', 'h1'],
  ] as const)('%s', async (name, address, selector) => {
    const { page } = await open();
    await page.goto(address);
    await page.locator(selector).first().waitFor();

    const file = await page.screenshot({ path: fileOf(name) });

    expect(file.byteLength).toBeLessThan(200_000);
  });
});
