/** GET /swagger-ui/{file}: Swagger UI from local files. */

import { assetResponse } from '#shared/http/assets.ts';
import { httpHandler } from '#shared/http/http-handler.ts';

const FILES = [
  'index.html',
  'swagger-ui.css',
  'swagger-ui-bundle.js',
  'swagger-initializer.js',
  'swagger-theme.css',
  'favicon-32x32.png',
];

export const handler = httpHandler(async (event) =>
  assetResponse('swagger-ui', FILES, event.pathParameters?.['file'] ?? 'index.html'),
);
