import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { configurationPage, envExample } from '#tools/build/pages/configuration-page.ts';
import { effectsPage } from '#tools/build/pages/effects-page.ts';
import { errorsPage } from '#tools/build/pages/errors-page.ts';

/** `npm test -- tests/unit/docs -u` rewrites them. */
describe('generated pages are up to date', () => {
  it.each([
    ['docs/errors.md', errorsPage()],
    ['docs/configuration.md', configurationPage()],
    ['docs/crash-points.md', effectsPage()],
    ['.env.example', envExample()],
  ])('%s', async (file, content) => {
    await expect(content).toMatchFileSnapshot(path.resolve(file));
  });
});
