import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { bundleHandlers, type HandlerBundle } from '#tools/build/handlers.ts';
import { localDir, rootDir } from '#tools/paths.ts';
import { argon2Packages } from './argon2.ts';

export type FunctionDefinition = { handler: string; package?: { artifact?: string } };

/** osls's own */
export type Packager = { zipFiles(files: string[], name: string, prefix: string): Promise<string> };

export interface Serverless {
  service: { provider: { architecture?: string }; functions: Record<string, FunctionDefinition> };
  pluginManager: { plugins: object[] };
}

/** What argon2 consists of at run time. */
function isNeeded(file: string) {
  return /(^|[\\/])(package\.json|index\.js|[^\\/]+\.node)$/.test(file);
}

/**
 * @param handler such as 'dist/functions/users/get.handler'
 * @returns 'functions/users/get.ts'
 */
export function sourceOf(handler: string): string {
  return handler.replace(/^dist\//, '').replace(/\.\w+$/, '.ts');
}

/** Lays out what belongs into one function's zip. */
function layOut(
  folder: string,
  source: string,
  { code, needsArgon2, needsAssets }: HandlerBundle,
  native: ReadonlyMap<string, string>,
) {
  const file = path.join(folder, 'dist', source.replace(/\.ts$/, '.js'));
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, code);
  writeFileSync(path.join(folder, 'dist', 'package.json'), '{"type":"module"}\n');
  for (const name of needsAssets ? readdirSync(path.join(rootDir, 'dist', 'assets')) : []) {
    // The handler names its folder.
    if (!new RegExp(`["'\`]${name}["'\`]`).test(code.toString('utf8'))) continue;
    const assets = path.join('dist', 'assets', name);
    cpSync(path.join(rootDir, assets), path.join(folder, assets), { recursive: true });
  }
  if (!needsArgon2) return;
  for (const [target, from] of native) {
    for (const name of readdirSync(from).filter(isNeeded))
      cpSync(path.join(from, name), path.join(folder, target, name));
  }
}

/** @returns every file in it, with its path */
function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
}

/**
 * Gives each function a zip with nothing but its own bundle, and argon2 for the target's processor where it is used. The source
 * map lies beside the zip, for whoever reads a stack trace. osls makes the zip: the same content gives the same bytes. With
 * ZIPS_FROM, the folder of an earlier package, those zips are taken: what was tested for one stage goes to the next.
 */
export default class FunctionZips {
  readonly hooks: Record<string, () => unknown>;
  #serverless;

  constructor(serverless: Serverless) {
    this.#serverless = serverless;
    this.hooks = {
      'before:package:createDeploymentArtifacts': () =>
        process.env.ZIPS_FROM ? this.#take(process.env.ZIPS_FROM) : this.#make(),
    };
  }

  #take(folder: string) {
    const output = path.join(rootDir, '.serverless');
    mkdirSync(output, { recursive: true });
    for (const [name, definition] of Object.entries(this.#serverless.service.functions)) {
      const artifact = path.join(output, `${name}.zip`);
      copyFileSync(path.resolve(rootDir, folder, `${name}.zip`), artifact);
      copyFileSync(path.resolve(rootDir, folder, `${name}.js.map`), path.join(output, `${name}.js.map`));
      definition.package = { ...definition.package, artifact };
    }
  }

  async #make() {
    const { functions, provider } = this.#serverless.service;
    const packager = this.#packager();
    const names = Object.keys(functions);
    const sources = new Map(names.map((name) => [name, sourceOf(functions[name]?.handler ?? '')]));
    const bundles = await bundleHandlers([...new Set(sources.values())]);
    const isArgon2Used = [...bundles.values()].some(({ needsArgon2 }) => needsArgon2);
    const native = isArgon2Used
      ? await argon2Packages(provider.architecture === 'arm64' ? 'arm64' : 'x86_64')
      : new Map();
    const output = path.join(rootDir, '.serverless');
    mkdirSync(localDir, { recursive: true });
    mkdirSync(output, { recursive: true });
    const work = mkdtempSync(path.join(localDir, 'package-'));
    try {
      for (const [name, source] of sources) {
        const bundle = bundles.get(source);
        const definition = functions[name];
        if (bundle === undefined || definition === undefined) throw new Error(`${name}: there is no ${source}`);
        const folder = path.join(work, name);
        layOut(folder, source, bundle, native);
        const artifact = await packager.zipFiles(filesIn(folder), `${name}.zip`, folder);
        definition.package = { ...definition.package, artifact };
        writeFileSync(path.join(output, `${name}.js.map`), bundle.map);
      }
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  }

  #packager(): Packager {
    const found = this.#serverless.pluginManager.plugins.find((plugin) => 'zipFiles' in plugin);
    if (found === undefined) throw new Error('The framework has lost its zipFiles');
    return found as Packager;
  }
}
