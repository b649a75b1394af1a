import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import * as esbuild from 'esbuild';
import { rootDir } from '#tools/paths.ts';
import { banner } from '../../esbuild.config.mjs';
import { writeAtomically } from './write-atomically.ts';

/** Lists the sources of the generated files, for affectsGenerated. */
const sourceList = path.join(rootDir, 'dist', '.generated-from.json');

/** Bundles an ES module with everything that it imports. */
export async function selfContained(code: string): Promise<string> {
  const result = await esbuild.build({
    stdin: { contents: code, resolveDir: rootDir, loader: 'js' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    write: false,
    charset: 'utf8',
    // Nobody reads these files; without white space a change of a schema is a change of one line.
    minifyWhitespace: true,
    minifySyntax: true,
  });
  return result.outputFiles[0]?.text ?? '';
}

/**
 * Whether a change of one of these files may change generated files.
 * @param changed absolute paths
 */
export function affectsGenerated(changed: readonly string[]): boolean {
  try {
    const sources = new Set(JSON.parse(readFileSync(sourceList, 'utf8')));
    return changed.some((file) => sources.has(path.relative(rootDir, file)));
  } catch {
    return true;
  }
}

/**
 * Writes validators, OpenAPI document and mail into generated/. Bundles the generator first: a long-running process would
 * otherwise use the schemas that it imported at its start.
 */
export async function runGenerator(): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'generate-'));
  try {
    const outfile = path.join(folder, 'generate.mjs');
    const { metafile } = await esbuild.build({
      absWorkingDir: rootDir,
      metafile: true,
      entryPoints: ['tools/build/generate.ts'],
      bundle: true,
      platform: 'node',
      format: 'esm',
      outfile,
      banner,
    });
    const generator: typeof import('./generate.ts') = await import(pathToFileURL(outfile).href);
    const templates = await generator.generate(rootDir, selfContained);
    const code = Object.keys(metafile.inputs).filter((file) => !file.startsWith('node_modules/'));
    const sources = [...code, ...templates.map((file) => path.relative(rootDir, file))];
    writeAtomically(sourceList, Buffer.from(JSON.stringify(sources)));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
