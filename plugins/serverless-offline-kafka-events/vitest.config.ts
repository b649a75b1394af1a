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
      project('integration', { fileParallelism: false }),
      project('failure', { fileParallelism: false }),
    ],
  },
});
