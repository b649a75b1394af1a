import { defineConfig } from 'vitest/config';

/** The pages in a real Chromium: `npm run test:browser`. Apart from the other tests, because it may have to be installed first. */
export default defineConfig({
  test: {
    name: 'browser',
    include: [process.env['SCREENSHOTS'] === '1' ? 'tests/browser/screenshots.ts' : 'tests/browser/**/*.test.ts'],
    globalSetup: ['tests/browser/require-browser.ts', 'tests/helpers/start-application.ts'],
    // They switch the one mail server off and on.
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
