import { httpHandler } from '#shared/http/http-handler.ts';
import { header } from '#shared/http/request.ts';
import { html, json } from '#shared/http/response.ts';
import { homeLinks } from '#shared/system/home-links.ts';
import { homePage } from '#shared/system/home-page.ts';
import { PAGE_POLICY } from '#shared/system/page-policy.ts';

/** GET /: where to go from here, as a page for browsers and as JSON for everybody else. */
export const handler = httpHandler(async (event) => {
  const headers = { vary: 'Accept', 'cache-control': 'no-cache' };
  const wantsPage = (header(event, 'accept') ?? '').includes('text/html');
  if (!wantsPage) return json(200, homeLinks(), headers);
  return html(homePage(homeLinks()), { ...headers, 'content-security-policy': PAGE_POLICY });
});
