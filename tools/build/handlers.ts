import { readdirSync } from 'node:fs';
import path from 'node:path';
import * as esbuild from 'esbuild';
import { rootDir } from '#tools/paths.ts';
import { localOptions, packageOptions, pluginOptions, reloadOptions, withoutSpans } from '../../esbuild.config.mjs';
import { buildAssets } from './assets.ts';
import { affectsGenerated, runGenerator } from './run-generator.ts';
import { writeAtomically } from './write-atomically.ts';

const dist = path.join(rootDir, 'dist');

/** This repository's plugins in serverless.yml. */
const PLUGINS = [
  'tools/local/offline/offline-plugin.ts',
  'tools/local/offline/close-clients.ts',
  'tools/deploy/deployed-stage.ts',
  'tools/deploy/function-zips.ts',
  'tools/deploy/both-slashes.ts',
];

/** What runs in the containers of docker-compose.yml. */
const CONTAINER = ['tools/container/serve.ts', 'tools/container/gateway.ts'];

/** One entry per handler, and the program that creates tables and topics. */
function entryPoints(): string[] {
  const handlers = readdirSync(path.join(rootDir, 'functions'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => path.join('functions', file));
  return [...handlers, 'tools/local/app/prepare-servers.ts'];
}

let incremental: Promise<esbuild.BuildContext> | undefined;
let lastRebuild: Promise<unknown> = Promise.resolve();

/**
 * Rebuilds what a saved file affects; esbuild keeps the rest in memory. Rebuilds run one after the other: esbuild answers a
 * concurrent rebuild with the result of the running one, which may be older than the saved file.
 */
function rebuild(): Promise<esbuild.BuildResult> {
  incremental ??= esbuild.context({ ...reloadOptions, absWorkingDir: rootDir, entryPoints: entryPoints() });
  const context = incremental;
  const rebuilt = lastRebuild.then(async () => (await context).rebuild());
  lastRebuild = rebuilt.catch(() => undefined);
  return rebuilt;
}

/** Fills esbuild's memory, so that the first rebuild is as fast as the later ones. */
export async function prepareRebuild(): Promise<void> {
  await rebuild();
}

function writeOutput({ outputFiles = [] }: esbuild.BuildResult, target: string): void {
  for (const { path: file, contents } of outputFiles) {
    const written = path.join(target, path.relative(dist, file));
    writeAtomically(written, file.endsWith('.map') ? movedMap(contents, file, written) : contents);
  }
}

/** A source map names its sources relative to itself. */
function movedMap(contents: Uint8Array, from: string, to: string): Uint8Array {
  if (from === to) return contents;
  const map: { sources: string[] } = JSON.parse(Buffer.from(contents).toString());
  const moved = (source: string) => path.relative(path.dirname(to), path.resolve(path.dirname(from), source));
  return Buffer.from(JSON.stringify({ ...map, sources: map.sources.map(moved) }));
}

/**
 * Builds every handler into `outdir`.
 * @param changed absolute paths of saved files: builds only what they affect
 */
export async function buildHandlers(outdir = 'dist', changed?: readonly string[]): Promise<void> {
  const target = path.resolve(rootDir, outdir);
  if (changed === undefined || affectsGenerated(changed)) await runGenerator();
  const all = () => esbuild.build({ ...localOptions, absWorkingDir: rootDir, entryPoints: entryPoints() });
  writeOutput(await (changed === undefined ? all() : rebuild()), target);
  writeAtomically(path.join(target, 'package.json'), Buffer.from('{"type":"module"}\n'));
  await buildAssets(target);
}

/** Builds the serverless plugins of this repository, and the programs of its containers. */
export async function buildPlugins(): Promise<void> {
  writeOutput(
    await esbuild.build({ ...pluginOptions, absWorkingDir: rootDir, entryPoints: [...PLUGINS, ...CONTAINER] }),
    dist,
  );
}

export interface HandlerBundle {
  /** A self-contained ES module, apart from `needsArgon2` and `needsAssets`. */
  readonly code: Buffer;
  readonly map: Buffer;
  /** Requires the native package in node_modules. */
  readonly needsArgon2: boolean;
  /** Requires dist/assets next to it. */
  readonly needsAssets: boolean;
  /** This repository's files in the bundle. */
  readonly sources: readonly string[];
  /** All files that contribute code, including those of packages. */
  readonly contents: readonly string[];
}

/**
 * Bundles each handler into one file for deployment.
 * @param handlers such as 'functions/users/get.ts'
 * @param options exportsSpans: with the code that sends spans to a collector
 * @returns the bundles, by the same names
 */
export async function bundleHandlers(
  handlers: readonly string[],
  { exportsSpans = false }: { exportsSpans?: boolean } = {},
): Promise<ReadonlyMap<string, HandlerBundle>> {
  await runGenerator();
  await buildAssets(dist);
  const { outputFiles, metafile } = await esbuild.build({
    ...packageOptions,
    ...(exportsSpans ? {} : { define: withoutSpans }),
    absWorkingDir: rootDir,
    entryPoints: [...handlers],
    metafile: true,
  });
  const bytesOf = (file: string) => {
    const found = outputFiles.find(({ path: name }) => path.relative(rootDir, name) === path.normalize(file));
    return Buffer.from(found?.contents ?? []);
  };
  return new Map(
    Object.entries(metafile.outputs).flatMap(([file, { entryPoint, imports, inputs }]) => {
      if (entryPoint === undefined) return [];
      const sources = Object.keys(inputs).filter(
        (name) => !name.includes('node_modules/') && !name.startsWith('unused:'),
      );
      const bundle = {
        code: bytesOf(file),
        map: bytesOf(`${file}.map`),
        needsArgon2: imports.some(({ path: name }) => name === '@node-rs/argon2'),
        needsAssets: sources.includes('shared/http/assets.ts'),
        sources,
        contents: Object.keys(inputs).filter((name) => (inputs[name]?.bytesInOutput ?? 0) > 0),
      };
      return [[entryPoint, bundle]];
    }),
  );
}
