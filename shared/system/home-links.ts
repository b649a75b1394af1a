import { getConfig } from '#shared/config/config.ts';
import type { Home } from './home.ts';

/** What `/` leads to. */
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
