import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { generated } from '#tools/build/generate.ts';
import { selfContained } from '#tools/build/run-generator.ts';
import { rootDir } from '#tools/paths.ts';

describe('generated files', async () => {
  const files = await generated(rootDir, selfContained);

  it.each([...files.keys()])("%s matches the generator's output", (file) => {
    expect(readFileSync(path.join(rootDir, 'generated', file), 'utf8')).toBe(files.get(file));
  });

  it('omits our own keyword from the published document', () => {
    expect(files.get('openapi.json')).not.toContain('errorMessage');
  });
});
