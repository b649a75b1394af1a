import type { Page } from 'playwright-core';
import { inject } from 'vitest';
import { randomEmail, randomName } from '#tests/helpers/random.ts';

/** Opens the dashboard and enters the operator token. */
export async function openDashboard(page: Page): Promise<void> {
  await page.goto('/dashboard');
  await page.getByLabel('Operator token').fill(inject('application').operatorToken);
  await page.getByRole('button', { name: 'Show' }).click();
  await page.getByText('Live', { exact: true }).waitFor();
}

/** Fills in the form and submits it; the prefix of the address selects the mail server's response. */
export async function registerThrough(page: Page, prefix = ''): Promise<string> {
  const email = prefix === '' ? randomEmail() : `${randomName(prefix)}@b.io`;
  await page.getByLabel('First name').fill('Ada');
  await page.getByLabel('Last name').fill('Lovelace');
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(randomName('hush-'));
  await page.getByRole('button', { name: 'Register' }).click();
  return email;
}

/** The row of an event. */
export function rowOf(page: Page, email: string) {
  return page.getByRole('row').filter({ hasText: email });
}

/** Switches the mail server off or on. */
export async function mailServer(to: 'stop' | 'start'): Promise<void> {
  await fetch(new URL(to, inject('application').mailsUrl), { method: 'POST' });
}
