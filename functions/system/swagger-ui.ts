import { readFile } from 'node:fs/promises';
import { AppError } from '#shared/errors/app-error.ts';
import { httpHandler } from '#shared/http/http-handler.ts';
import { assetPath } from '#shared/openapi/asset-path.ts';

const TYPES: Readonly<Record<string, string>> = {
  'index.html': 'text/html; charset=utf-8',
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'swagger-initializer.js': 'text/javascript; charset=utf-8',
  'favicon-32x32.png': 'image/png',
};

/** GET /swagger-ui/{file}: Swagger UI from files of our own. */
export const handler = httpHandler(async (event) => {
  const file = event.pathParameters?.['file'] ?? 'index.html';
  const type = Object.hasOwn(TYPES, file) ? TYPES[file] : undefined;
  if (type === undefined) throw new AppError('NOT_FOUND', 'There is no such page.');
  const content = await readFile(assetPath(`swagger-ui/${file}`));
  return {
    statusCode: 200,
    headers: { 'content-type': type, 'cache-control': 'public, max-age=3600' },
    body: content.toString('base64'),
    isBase64Encoded: true,
  };
});
