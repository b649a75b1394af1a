import { defineConfig } from 'vitest/config';

const project = (name: string) => ({
  // Two files at a time: most of them start processes that they then wait for.
  test: { name, include: [`tests/${name}/**/*.test.ts`], maxWorkers: 2 },
});

// For work on this package; the repository's own configuration includes the same folders.
export default defineConfig({
  test: { projects: [project('unit'), project('property'), project('integration'), project('failure')] },
});
