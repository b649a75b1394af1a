/** GET /: links to everything else, as a page for browsers and as JSON for other clients. */

import { httpHandler } from '#shared/http/http-handler.ts';
import { header } from '#shared/http/request.ts';
import { html, json } from '#shared/http/response.ts';
import { PAGE_POLICY } from '#shared/http/standard-headers.ts';
import { homeLinks, homePage } from '#shared/system/home.ts';

export const handler = httpHandler(async (event) => {
  const headers = { vary: 'Accept', 'cache-control': 'no-cache' };
  const wantsPage = (header(event, 'accept') ?? '').includes('text/html');
  if (!wantsPage) return json(200, homeLinks(), headers);
  return html(homePage(homeLinks()), { ...headers, 'content-security-policy': PAGE_POLICY });
});
