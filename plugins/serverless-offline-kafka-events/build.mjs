import { fileURLToPath } from 'node:url';
import { build as esbuild } from 'esbuild';

/** Bundles src/index.ts to dist/index.js. */
export async function build() {
  const folder = fileURLToPath(new URL('.', import.meta.url));
  await esbuild({
    absWorkingDir: folder,
    entryPoints: ['src/index.ts'],
    outfile: 'dist/index.js',
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    external: ['kafkajs', 'kafkajs/*', 'serverless-offline', 'serverless-offline/*'],
    sourcemap: true,
    logLevel: 'warning',
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await build();
