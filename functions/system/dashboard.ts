/** GET /dashboard and GET /dashboard/{file}: a page without data; its script calls the documented endpoints. */

import { assetResponse } from '#shared/http/assets.ts';
import { httpHandler } from '#shared/http/http-handler.ts';
import { PAGE_POLICY } from '#shared/http/standard-headers.ts';

const FILES = ['index.html', 'style.css', 'main.js', 'icon.svg'];

export const handler = httpHandler(async (event) =>
  assetResponse('dashboard', FILES, event.pathParameters?.['file'] ?? 'index.html', {
    'content-security-policy': PAGE_POLICY,
    // The files are small, and those of different builds do not fit together.
    'cache-control': 'no-cache',
  }),
);
