import { defineConfig } from 'vitest/config';

/** `npm run test:fuzz`: slower than what `npm test` may take. */
export default defineConfig({
  test: {
    name: 'fuzz',
    include: ['tests/fuzz/**/*.test.ts'],
    globalSetup: ['tests/helpers/start-application.ts'],
  },
});
