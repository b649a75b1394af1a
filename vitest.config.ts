import { defineConfig } from 'vitest/config';

const plugin = 'plugins/serverless-offline-kafka-events/tests';

const FIRST = { maxWorkers: 2, sequence: { groupOrder: 0 } };

/** Projects by what they need: `unit` and `property` nothing, `integration` real servers, `system` the running application, `chaos` servers of its own to break. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          ...FIRST,
          include: ['tests/unit/**/*.test.ts', `${plugin}/unit/**/*.test.ts`],
        },
      },
      {
        test: {
          name: 'property',
          ...FIRST,
          include: ['tests/property/**/*.test.ts', `${plugin}/property/**/*.test.ts`],
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'integration',
          ...FIRST,
          include: [
            'tests/integration/**/*.test.ts',
            `${plugin}/integration/**/*.test.ts`,
            'tests/starter/**/*.test.ts',
            'tests/package/**/*.test.ts',
          ],
          globalSetup: ['tests/helpers/require-servers.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'system',
          include: ['tests/contract/**/*.test.ts', 'tests/e2e/**/*.test.ts'],
          globalSetup: ['tests/helpers/start-application.ts'],
          // They mostly wait: for mails, for back-off, for child processes.
          maxWorkers: 3,
          sequence: { groupOrder: 1 },
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'chaos',
          include: ['tests/chaos/**/*.test.ts'],
          // One file, which mostly waits, beside the system tests.
          maxWorkers: 3,
          sequence: { groupOrder: 1 },
          testTimeout: 180_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
