import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const plugin = 'plugins/serverless-offline-kafka-events';
const servers = 'tests/helpers/require-servers.ts';
const application = 'tests/helpers/start-application.ts';
const isTakingScreenshots = process.env['SCREENSHOTS'] === '1';

// Most files of npm test mostly wait: for mails, for back-off, for child processes.
const SHARED = { maxWorkers: 3 };

/** Files that take a minute or more: whatever starts late ends late. */
const longest = [
  'tests/chaos/six-faults.test.ts',
  'tests/e2e/invoke-local.test.ts',
  'crash-points/crash-points.test.ts',
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification) => longest.some((name) => moduleId.endsWith(name));
    const sorted = await super.sort(files);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

function timeouts(ms: number) {
  return { testTimeout: ms, hookTimeout: ms };
}

/**
 * Projects by what they need: `unit` and `property` nothing, `integration` real servers, `system` the running application,
 * `chaos` servers of its own to break. `npm test` runs these five; the others, slower, have a script each in package.json.
 */
export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      { test: { name: 'unit', ...SHARED, include: ['tests/unit/**/*.test.ts', `${plugin}/tests/unit/**/*.test.ts`] } },
      {
        test: {
          name: 'property',
          ...SHARED,
          include: ['tests/property/**/*.test.ts', `${plugin}/tests/property/**/*.test.ts`],
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'integration',
          ...SHARED,
          include: [
            'tests/integration/**/*.test.ts',
            `${plugin}/tests/integration/**/*.test.ts`,
            'tests/starter/**/*.test.ts',
            'tests/package/**/*.test.ts',
          ],
          globalSetup: [servers],
          ...timeouts(60_000),
        },
      },
      {
        test: {
          name: 'system',
          ...SHARED,
          include: ['tests/contract/**/*.test.ts', 'tests/e2e/**/*.test.ts'],
          globalSetup: [application],
          ...timeouts(60_000),
        },
      },
      {
        test: {
          name: 'chaos',
          ...SHARED,
          include: ['tests/chaos/**/*.test.ts'],
          testTimeout: 180_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'browser',
          include: [isTakingScreenshots ? 'tests/browser/screenshots.ts' : 'tests/browser/**/*.test.ts'],
          globalSetup: ['tests/browser/require-browser.ts', application],
          // They switch the one mail server off and on.
          fileParallelism: false,
          ...timeouts(60_000),
        },
      },
      {
        test: {
          name: 'deploy',
          include: ['tests/deploy/**/*.test.ts'],
          globalSetup: [servers, 'tests/deploy/setup.ts'],
          maxWorkers: 2,
          ...timeouts(120_000),
        },
      },
      {
        test: {
          name: 'fuzz',
          include: ['tests/fuzz/**/*.test.ts'],
          globalSetup: [application],
        },
      },
      {
        test: {
          name: 'docker',
          include: ['tests/docker/**/*.test.ts'],
          // They share the engine, and one measures how long a start takes.
          fileParallelism: false,
          ...timeouts(300_000),
        },
      },
      { test: { name: 'failure', include: [`${plugin}/tests/failure/**/*.test.ts`], maxWorkers: 2 } },
      // Installs frameworks from the registry.
      { test: { name: 'matrix', include: [`${plugin}/tests/matrix/**/*.test.ts`] } },
    ],
  },
});
