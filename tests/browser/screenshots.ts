import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { afterAll, describe, expect, inject, it } from 'vitest';
import { createDatabase } from '#shared/db/database.ts';
import { mailsTo } from '#tests/helpers/events.ts';
import { parseMail } from '#tests/helpers/parse-mail.ts';
import { runApplication } from '#tests/helpers/run-application.ts';
import { sendRequest } from '#tests/helpers/send-request.ts';
import { startMailServer } from '#tests/helpers/smtp-server.ts';
import { isEndOfRegistration, type Span, startSpanCollector } from '#tests/helpers/span-collector.ts';
import { newUser, register } from '#tests/helpers/users.ts';
import { waitFor } from '#tests/helpers/wait-for.ts';
import { browserOf, DESKTOP, PHONE } from './browser.ts';
import { openDashboard, registerThrough, rowOf } from './dashboard-page.ts';
import { tracePage } from './trace-page.ts';

/** Takes the pictures in docs/images: `SCREENSHOTS=1 npm run test:browser`. */
const open = browserOf();
const users = createDatabase(inject('application').usersDatabaseUrl, 2);
afterAll(() => users.destroy());

function fileOf(name: string): string {
  return path.resolve('docs/images', `${name}.png`);
}
const MINUTE_MS = 60_000;
const people = ['ada', 'alan', 'barbara', 'edsger', 'frances', 'grace', 'john', 'katherine', 'margaret'];

/** A quarter of an hour of registrations, to fill the charts. */
async function seedPast(): Promise<void> {
  const now = Date.now();
  const rows = Array.from({ length: 14 }, (_, minute) => {
    const count = 60 + Math.round(35 * Math.sin(minute / 2.2)) + (minute % 3) * 6;
    return Array.from({ length: count }, (_, index) => {
      const addedAt = now - (14 - minute) * MINUTE_MS + (index * MINUTE_MS) / count;
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

/** The spans of one registration, from an application that sends them to a collector of this test. */
async function traceOfRegistration(): Promise<readonly Span[]> {
  const [collector, mail] = await Promise.all([startSpanCollector(), startMailServer()]);
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, HOT_RELOAD: '0' };
  const { application, stop } = await runApplication({ smtpUrl: mail.url, env });
  const headers = { 'content-type': 'application/json' };
  const ends = () => collector.spans.filter(isEndOfRegistration);
  try {
    // The first registrations also open the connections.
    for (let count = 1; count <= 3; count += 1) {
      const body = JSON.stringify(newUser());
      await sendRequest(application.baseUrl, { method: 'POST', path: '/api/users/', headers, body });
      await waitFor(() => ends().length === count, { what: 'the last span' });
    }
    return collector.spans.filter(({ traceId }) => traceId === ends().at(-1)?.traceId);
  } finally {
    await stop();
    collector.stop();
    await mail.stop();
  }
}

describe('the pictures', async () => {
  await seedPast();
  for (const name of people) await register({ email: `${name}@example.com` });
  await register({ email: 'bounce.mallory@example.com' });

  it.each([
    ['dashboard-desktop-light', DESKTOP, 'light', '#events tr:nth-child(3)'],
    ['dashboard-desktop-dark', DESKTOP, 'dark', '#events tr:nth-child(3)'],
    ['dashboard-phone-light', PHONE, 'light', '.card:has(#rates)'],
  ] as const)('%s', async (name, viewport, colorScheme, last) => {
    const { page } = await open({ viewport, colorScheme });
    await openDashboard(page);
    await rowOf(page, 'bounce.mallory').getByRole('button', { name: 'Retry' }).waitFor();
    const greylisted = await registerThrough(page, 'greylist');
    await rowOf(page, greylisted)
      .getByText(/refused/)
      .waitFor();
    await page.evaluate(() => window.scrollTo(0, 0));
    const end = await page.locator(last).boundingBox();
    const clip = { x: 0, y: 0, width: viewport.width, height: (end?.y ?? 0) + (end?.height ?? 0) };

    const file = await page.screenshot({ path: fileOf(name), fullPage: true, clip });

    expect(file.byteLength).toBeLessThan(200_000);
  });

  it('event-panel-desktop', async () => {
    const { page } = await open({ viewport: { width: 1280, height: 900 }, colorScheme: 'light' });
    await openDashboard(page);
    const email = await registerThrough(page);
    await rowOf(page, email).getByText('Finished').waitFor();
    await rowOf(page, email).getByRole('link', { name: email }).click();
    // Of the log, which is read after the tables.
    await page.getByRole('dialog').getByText('Events confirmed').waitFor();

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

  it('trace', async () => {
    const { page } = await open({ viewport: { width: 1000, height: 100 } });
    await page.setContent(tracePage(await traceOfRegistration()));

    const file = await page.screenshot({ path: fileOf('trace'), fullPage: true });

    expect(file.byteLength).toBeLessThan(200_000);
  });
});
