import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { configurationPage } from '#tools/build/pages/configuration-page.ts';
import { effectsPage } from '#tools/build/pages/effects-page.ts';
import { errorsPage } from '#tools/build/pages/errors-page.ts';

/** `npm test -- tests/unit/docs -u` rewrites the pages. */
describe('generated pages are up to date', () => {
  it.each([
    ['errors.md', errorsPage()],
    ['configuration.md', configurationPage()],
    ['crash-points.md', effectsPage()],
  ])('docs/%s', async (file, content) => {
    await expect(content).toMatchFileSnapshot(path.resolve('docs', file));
  });
});
