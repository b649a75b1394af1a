import { readFile } from 'node:fs/promises';
import { AppError } from '#shared/errors/app-error.ts';
import { assetPath } from './asset-path.ts';
import type { HttpResponse } from './response.ts';

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
  png: 'image/png',
};

/**
 * One of the files that the build put into `assets/<folder>`. Only names in `files` are served, whatever else lies there.
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
