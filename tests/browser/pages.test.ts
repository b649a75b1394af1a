import { describe, expect, it } from 'vitest';
import { randomEmail } from '#tests/helpers/random.ts';
import { browserOf } from './browser.ts';

const open = browserOf();

describe('the page at /', () => {
  it('links to the dashboard, Swagger UI and the mails', async () => {
    const { page, complaints } = await open();
    await page.goto('/');

    expect(await page.getByRole('link').evaluateAll((links) => links.map((link) => link.getAttribute('href')))).toEqual(
      expect.arrayContaining(['/dashboard', '/swagger-ui/index.html', expect.stringMatching(/^http:\/\/127\.0\.0\.1/)]),
    );
    await page.getByRole('link', { name: 'Dashboard' }).click();
    await page.getByRole('heading', { name: 'Pipeline', exact: true }).waitFor();
    expect(complaints).toEqual([]);
  });
});

describe('Swagger UI', () => {
  it('can execute a call, with an example in every body', async () => {
    const { page, complaints } = await open();
    await page.goto('/swagger-ui/index.html#/users/createUser');
    const operation = page.locator('#operations-users-createUser');
    await operation.getByRole('button', { name: 'Try it out' }).click();
    const body = operation.locator('textarea');
    const example: Record<string, unknown> = JSON.parse(await body.inputValue());
    expect(example).toMatchObject({ name: 'Ann', email: 'ann.lee@example.com' });
    await body.fill(JSON.stringify({ ...example, email: randomEmail() }));

    await operation.getByRole('button', { name: 'Execute' }).click();

    await operation.locator('.live-responses-table .response-col_status').getByText('201').waitFor();
    await operation.locator('.live-responses-table').getByText('location: /api/users/').waitFor();
    expect(complaints).toEqual([]);
  });

  it('shows each possible error of a status', async () => {
    const { page } = await open();
    await page.goto('/swagger-ui/index.html#/users/createUser');
    const operation = page.locator('#operations-users-createUser');

    const options = operation.locator('.examples-select option');
    await options.first().waitFor({ state: 'attached' });

    const names = await options.allInnerTexts();

    expect(names).toEqual(expect.arrayContaining([expect.stringContaining('EMAIL_TAKEN')]));
  });
});
