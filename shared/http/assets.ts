import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { AppError } from '#shared/errors/app-error.ts';
import type { HttpResponse } from './response.ts';

/** The path of a built file in `assets/`, which is next to the code or in a parent folder. */
function assetPath(name: string): string {
  let folder = path.dirname(fileURLToPath(import.meta.url));
  for (;;) {
    const candidate = path.join(folder, 'assets', name);
    if (existsSync(candidate)) return candidate;
    const parent = path.dirname(folder);
    if (parent === folder) throw new Error(`Asset ${name} is missing. Run the build.`);
    folder = parent;
  }
}

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
  png: 'image/png',
};

/**
 * Serves a built file of `assets/<folder>`, but only names in `files`.
 * @throws AppError NOT_FOUND
 */
export async function assetResponse(
  folder: string,
  files: readonly string[],
  file: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<HttpResponse> {
  const type = TYPES[file.split('.').at(-1) ?? ''];
  if (!files.includes(file) || type === undefined) throw new AppError('NOT_FOUND', 'There is no such page.');
  const content = await readFile(assetPath(`${folder}/${file}`));
  return {
    statusCode: 200,
    headers: { 'content-type': type, 'cache-control': 'public, max-age=3600', ...headers },
    body: content.toString('base64'),
    isBase64Encoded: true,
  };
}
