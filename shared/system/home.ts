import { getConfig } from '#shared/config/config.ts';
import { escapeHtml } from '#shared/http/response.ts';
import type { Home } from './system-schemas.ts';

/** The links on the home page. */
export function homeLinks(): Home {
  return {
    name: 'Registration',
    links: {
      dashboard: '/dashboard',
      swaggerUi: '/swagger-ui/index.html',
      openapi: '/openapi.json',
      health: '/health/ready',
      mails: getConfig().MAIL_UI_URL ?? null,
    },
  };
}

function card(href: string, title: string, text: string): string {
  return `
        <li>
          <a class="home-card" href="${escapeHtml(href)}">
            <strong>${title}</strong>
            <span>${text}</span>
          </a>
        </li>`;
}

/** The home page. */
export function homePage({ name, links }: Home): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>${escapeHtml(name)}</title>
    <link rel="stylesheet" href="/dashboard/style.css">
    <link rel="icon" type="image/svg+xml" href="/dashboard/icon.svg">
  </head>
  <body class="home">
    <main>
      <img src="/dashboard/icon.svg" alt="" width="56" height="56">
      <h1>${escapeHtml(name)}</h1>
      <p class="lead">A user registers; an event passes through outbox, Kafka and mail, and returns confirmed.</p>
      <ul class="home-cards">${card(links.dashboard, 'Dashboard', 'Watch the pipeline, register a user, retry failed events')}${card(
        links.swaggerUi,
        'Swagger UI',
        'Every call, ready to try',
      )}${links.mails === null ? '' : card(links.mails, 'Mails', 'Mails in the mail catcher')}${card(
        links.health,
        'Health',
        'Each dependency with its latency',
      )}${card(links.openapi, 'OpenAPI', 'Machine-readable API description')}
      </ul>
    </main>
  </body>
</html>
`;
}
