import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as esbuild from 'esbuild';
import { rootDir } from '#tools/paths.ts';
import { dashboardOptions } from '../../esbuild.config.mjs';
import { writeAtomically } from './write-atomically.ts';

const SWAGGER_FILES = ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png'];
const DASHBOARD_FILES = ['index.html', 'icon.svg'];
const page = path.join(rootDir, 'dashboard');

function copy(from: string, to: string, files: readonly string[]): void {
  for (const file of files) writeAtomically(path.join(to, file), readFileSync(path.join(from, file)));
}

/** Writes the pages' files into `outdir`/assets: the dashboard's script, style sheet and files, and Swagger UI. */
export async function buildAssets(outdir: string): Promise<void> {
  const swaggerUi = path.join(outdir, 'assets', 'swagger-ui');
  const own = path.join(page, 'swagger-ui');
  copy(path.join(rootDir, 'node_modules', 'swagger-ui-dist'), swaggerUi, SWAGGER_FILES);
  copy(own, swaggerUi, readdirSync(own));
  const dashboard = path.join(outdir, 'assets', 'dashboard');
  const { outputFiles } = await esbuild.build({
    ...dashboardOptions,
    absWorkingDir: rootDir,
    entryPoints: ['main.ts', 'style.css'].map((name) => path.join(page, name)),
    outdir: dashboard,
  });
  for (const { path: file, contents } of outputFiles) writeAtomically(file, contents);
  copy(page, dashboard, DASHBOARD_FILES);
}
