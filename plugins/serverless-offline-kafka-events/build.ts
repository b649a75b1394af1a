import { rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build as esbuild } from 'esbuild';

const folder = fileURLToPath(new URL('.', import.meta.url));

/** Bundles the plugin to dist/index.js, and the file for handler threads to dist/handler-thread.js. */
export async function build() {
  rmSync(path.join(folder, 'dist', 'chunks'), { recursive: true, force: true });
  await esbuild({
    absWorkingDir: folder,
    entryPoints: [
      { in: 'src/index.ts', out: 'index' },
      { in: 'src/offline/handler-thread.ts', out: 'handler-thread' },
    ],
    outdir: 'dist',
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    sourcemap: true,
    logLevel: 'warning',
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await build();
