import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as esbuild from 'esbuild';
import { describe, expect, it } from 'vitest';
import { generated } from '#tools/build/generate.ts';

const root = path.resolve(import.meta.dirname, '../../..');

/** What the build does with a module (esbuild.config.mjs). */
const bundle = async (code: string): Promise<string> => {
  const result = await esbuild.build({
    stdin: { contents: code, resolveDir: root, loader: 'js' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    write: false,
    charset: 'utf8',
  });
  return result.outputFiles[0]?.text ?? '';
};

describe('what is generated from the schemas', async () => {
  const files = await generated(path.join(root, 'shared'), bundle);

  it.each([...files.keys()])('%s is what the generator makes now', (file) => {
    expect(readFileSync(path.join(root, 'shared', file), 'utf8')).toBe(files.get(file));
  });

  it('keeps our own keyword out of the published document', () => {
    expect(files.get('openapi/generated/openapi.json')).not.toContain('errorMessage');
  });
});
