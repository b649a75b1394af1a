import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { bundleHandlers, type HandlerBundle } from '#tools/build/handlers.ts';
import { localDir, rootDir } from '#tools/paths.ts';
import { argon2Packages } from './argon2.ts';
import type { Serverless } from './osls.ts';

/** osls's own packaging plugin. */
interface Packager {
  zipFiles(files: string[], name: string, prefix: string): Promise<string>;
}

const OUTPUT = path.join(rootDir, '.serverless');

/**
 * @param handler such as 'dist/functions/users/get.handler'
 * @returns 'functions/users/get.ts'
 */
export function sourceOf(handler: string): string {
  return handler.replace(/^dist\//, '').replace(/\.\w+$/, '.ts');
}

/** Whether argon2 needs the file at run time. */
function isRuntimeFile(file: string): boolean {
  return /(^|[\\/])(package\.json|index\.js|[^\\/]+\.node)$/.test(file);
}

/** Writes the content of one function's zip into a folder. */
function layOut(
  folder: string,
  source: string,
  { code, needsArgon2, needsAssets }: HandlerBundle,
  native: ReadonlyMap<string, string>,
): void {
  const file = path.join(folder, 'dist', source.replace(/\.ts$/, '.js'));
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, code);
  writeFileSync(path.join(folder, 'dist', 'package.json'), '{"type":"module"}\n');
  for (const name of needsAssets ? readdirSync(path.join(rootDir, 'dist', 'assets')) : []) {
    // A handler names the folder of its assets in a string.
    if (!new RegExp(`["'\`]${name}["'\`]`).test(code.toString('utf8'))) continue;
    const assets = path.join('dist', 'assets', name);
    cpSync(path.join(rootDir, assets), path.join(folder, assets), { recursive: true });
  }
  if (!needsArgon2) return;
  for (const [target, from] of native) {
    for (const name of readdirSync(from).filter(isRuntimeFile))
      cpSync(path.join(from, name), path.join(folder, target, name));
  }
}

/** @returns the paths of all files below a folder */
function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
}

/**
 * Plugin: builds a zip per function that contains only its bundle, and argon2 for the target's processor where the function uses
 * it. osls writes the zip reproducibly: the same content gives the same bytes. The source map stays beside the zip. ZIPS_FROM
 * names the folder of an earlier package whose zips are reused, so that the next stage gets what was tested.
 */
export default class FunctionZips {
  readonly hooks: Record<string, () => unknown>;
  #serverless;

  constructor(serverless: Pick<Serverless, 'service' | 'pluginManager'>) {
    this.#serverless = serverless;
    this.hooks = {
      'before:package:createDeploymentArtifacts': () =>
        process.env.ZIPS_FROM ? this.#reuse(process.env.ZIPS_FROM) : this.#build(),
    };
  }

  #reuse(folder: string): void {
    mkdirSync(OUTPUT, { recursive: true });
    for (const [name, definition] of Object.entries(this.#serverless.service.functions)) {
      const artifact = path.join(OUTPUT, `${name}.zip`);
      copyFileSync(path.resolve(rootDir, folder, `${name}.zip`), artifact);
      copyFileSync(path.resolve(rootDir, folder, `${name}.js.map`), path.join(OUTPUT, `${name}.js.map`));
      definition.package = { ...definition.package, artifact };
    }
  }

  async #build(): Promise<void> {
    const { functions, provider } = this.#serverless.service;
    const packager = this.#packager();
    const entries = Object.entries(functions).map(([name, definition]) => ({
      name,
      definition,
      source: sourceOf(definition.handler),
    }));
    const exportsSpans = Boolean(provider.environment?.['OTEL_EXPORTER_OTLP_ENDPOINT']);
    const bundles = await bundleHandlers([...new Set(entries.map(({ source }) => source))], { exportsSpans });
    const isArgon2Used = [...bundles.values()].some(({ needsArgon2 }) => needsArgon2);
    const architecture = provider.architecture === 'arm64' ? 'arm64' : 'x86_64';
    const native = isArgon2Used ? await argon2Packages(architecture) : new Map<string, string>();
    mkdirSync(localDir, { recursive: true });
    mkdirSync(OUTPUT, { recursive: true });
    const work = mkdtempSync(path.join(localDir, 'package-'));
    try {
      for (const { name, definition, source } of entries) {
        const bundle = bundles.get(source);
        if (bundle === undefined) throw new Error(`${source} not found. Correct functions.${name}.handler.`);
        const folder = path.join(work, name);
        layOut(folder, source, bundle, native);
        const artifact = await packager.zipFiles(filesIn(folder), `${name}.zip`, folder);
        definition.package = { ...definition.package, artifact };
        writeFileSync(path.join(OUTPUT, `${name}.js.map`), bundle.map);
      }
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  }

  #packager(): Packager {
    const found = this.#serverless.pluginManager.plugins.find((plugin): plugin is Packager => 'zipFiles' in plugin);
    if (found === undefined) throw new Error('osls has no plugin with zipFiles. Check the version in package.json.');
    return found;
  }
}
