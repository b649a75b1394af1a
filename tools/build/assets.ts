import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as esbuild from 'esbuild';
import { rootDir } from '#tools/paths.ts';
import { dashboardOptions } from '../../esbuild.config.mjs';
import { writeAtomically } from './write-atomically.ts';

const SWAGGER_FILES = ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png'];
const OWN_SWAGGER_FILES = ['index.html', 'swagger-theme.css'];
const DASHBOARD_FILES = ['index.html', 'icon.svg'];
const page = path.join(rootDir, 'dashboard');

function copy(from: string, to: string, files: readonly string[]): void {
  for (const file of files) writeAtomically(path.join(to, file), readFileSync(path.join(from, file)));
}

/** Writes the pages' files into `outdir`/assets: the dashboard's script, style sheet and files, and Swagger UI. */
export async function buildAssets(outdir: string): Promise<void> {
  const swaggerUi = path.join(outdir, 'assets', 'swagger-ui');
  copy(path.join(rootDir, 'node_modules', 'swagger-ui-dist'), swaggerUi, SWAGGER_FILES);
  copy(path.join(page, 'swagger-ui'), swaggerUi, OWN_SWAGGER_FILES);
  const assets = path.join(outdir, 'assets');
  const { outputFiles } = await esbuild.build({
    ...dashboardOptions,
    absWorkingDir: rootDir,
    entryPoints: {
      'dashboard/main': path.join(page, 'main.ts'),
      'dashboard/style': path.join(page, 'style.css'),
      'swagger-ui/swagger-initializer': path.join(page, 'swagger-ui', 'swagger-initializer.ts'),
    },
    outdir: assets,
  });
  for (const { path: file, contents } of outputFiles) writeAtomically(file, contents);
  copy(page, path.join(assets, 'dashboard'), DASHBOARD_FILES);
}
