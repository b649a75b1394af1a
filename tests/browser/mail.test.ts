import { describe, expect, it } from 'vitest';
import { mailsTo } from '#tests/helpers/events.ts';
import { parseMail } from '#tests/helpers/parse-mail.ts';
import { randomEmail } from '#tests/helpers/random.ts';
import { register } from '#tests/helpers/users.ts';
import { waitFor } from '#tests/helpers/wait-for.ts';
import { browserOf, DESKTOP, PHONE } from './browser.ts';
import { violationsOf } from './violations.ts';

const open = browserOf();

async function mailOf(email: string): Promise<string> {
  await register({ email });
  const [raw = ''] = await waitFor(
    async () => {
      const mails = await mailsTo(email);
      return mails.length > 0 ? mails : undefined;
    },
    { what: 'the mail' },
  ).then((mails) => mails ?? []);
  return (await parseMail(raw)).html;
}

describe('the delivered welcome mail', () => {
  it.each([
    ['light', DESKTOP],
    ['dark', DESKTOP],
    ['light', PHONE],
  ] as const)('is readable in %s at %j', async (colorScheme, viewport) => {
    const email = randomEmail();
    const { page, complaints } = await open({ colorScheme, viewport });

    await page.setContent(await mailOf(email));

    await page.getByRole('heading', { name: 'Welcome to our site!' }).waitFor();
    expect(await page.getByText('Thank you for creating account!').isVisible()).toBe(true);
    expect(await page.getByText(email, { exact: true }).isVisible()).toBe(true);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(viewport.width);
    expect(await violationsOf(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });
});
