import { defineConfig } from 'vitest/config';

const project = (name: string, extra: object = {}) => ({
  test: { name, include: [`tests/${name}/**/*.test.ts`], ...extra },
});

// For work on this package; the repository's own configuration includes the same folders.
export default defineConfig({
  test: {
    projects: [
      project('unit'),
      project('property'),
      project('integration', { maxWorkers: 2 }),
      // Each file has a broker of its own, and mostly waits.
      project('failure', { maxWorkers: 2 }),
    ],
  },
});
