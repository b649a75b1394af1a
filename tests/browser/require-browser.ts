import type { TestProject } from 'vitest/node';
import { ensureChromium } from '#tools/local/install/chromium.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    chromium: string;
  }
}

/** The browser tests need a real Chromium and install it when missing. */
export default async (project: TestProject): Promise<void> => {
  project.provide('chromium', await ensureChromium());
};
