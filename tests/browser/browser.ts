import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, inject } from 'vitest';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** How long an element may take to appear. */
const LIMIT_MS = 15_000;

export const DESKTOP = { width: 1280, height: 860 } as const;
export const PHONE = { width: 390, height: 844 } as const;

export interface PageOptions {
  readonly viewport?: { readonly width: number; readonly height: number };
  readonly colorScheme?: 'light' | 'dark';
}

export interface OpenedPage {
  readonly page: Page;
  /** The page's errors: uncaught exceptions, and requests blocked by its content security policy. */
  readonly complaints: string[];
}

/** One browser with an empty profile per test file, and pages of the application, each in its own session. */
export function browserOf() {
  let browser: Browser | undefined;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: inject('chromium'), headless: true, args: FLAGS });
  });
  afterAll(() => browser?.close());

  return async ({ viewport = DESKTOP, colorScheme = 'light' }: PageOptions = {}): Promise<OpenedPage> => {
    if (browser === undefined) throw new Error('The browser is not open yet');
    const context = await browser.newContext({
      baseURL: inject('application').baseUrl,
      viewport,
      colorScheme,
      reducedMotion: 'reduce',
    });
    context.setDefaultTimeout(LIMIT_MS);
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      if (/Content Security Policy/i.test(message.text())) complaints.push(message.text());
    });
    return { page, complaints };
  };
}
