import { defineConfig } from 'vitest/config';

/** `npm run test:deploy`: what is packaged, in AWS's own runtime, and everything that a deployed stage adds to a local one. */
export default defineConfig({
  test: {
    name: 'deploy',
    include: ['tests/deploy/**/*.test.ts'],
    globalSetup: ['tests/helpers/require-servers.ts', 'tests/deploy/setup.ts'],
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
