import type { Settings } from '../config/settings.ts';
import { maskSecrets } from '../config/urls.ts';

/** The closing lines of a start. */
export function urlTable({ host, ports, local, urls }: Settings): string {
  const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  const api = `http://${name}:${ports.http}`;
  const rows: [string, string][] = [
    ['Dashboard', `${api}/dashboard`],
    ['API', `${api}/api/users/`],
    ['Swagger UI', `${api}/swagger-ui/index.html`],
    ['OpenAPI', `${api}/openapi.json`],
    ['Health', `${api}/health/ready`],
    ['Second port', `http://${name}:${ports.emailHttp}`],
    [
      'Mails',
      local.includes('mail') ? `http://127.0.0.1:${ports.mailUi}` : `(sent to ${maskSecrets(urls.SMTP_URL ?? '')})`,
    ],
  ];
  const width = Math.max(...rows.map(([label]) => label.length));
  return rows.map(([label, url]) => `  ${label.padEnd(width)}  ${url}`).join('\n');
}
