import { assetResponse } from '#shared/http/asset-response.ts';
import { httpHandler } from '#shared/http/http-handler.ts';
import { PAGE_POLICY } from '#shared/system/page-policy.ts';

const FILES = ['index.html', 'style.css', 'main.js', 'icon.svg'];

/** GET /dashboard and GET /dashboard/{file}: a page without data; its script asks the documented endpoints for that. */
export const handler = httpHandler(async (event) =>
  assetResponse('dashboard', FILES, event.pathParameters?.['file'] ?? 'index.html', {
    'content-security-policy': PAGE_POLICY,
    // Small, and a build that is newer than the page would not fit it.
    'cache-control': 'no-cache',
  }),
);
