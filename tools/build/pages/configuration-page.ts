import { ConfigSchema } from '#shared/config/config-schemas.ts';
import { LOCAL_DEFAULTS, LOCAL_PORTS } from '#shared/config/defaults.ts';

interface Definition {
  readonly description?: string;
  readonly default?: unknown;
}

const LOCAL: Readonly<Record<string, string>> = LOCAL_DEFAULTS;
const definitions: Readonly<Record<string, Definition>> = JSON.parse(JSON.stringify(ConfigSchema.properties));

function defaultOf(name: string, { default: fallback }: Definition): string {
  const local = LOCAL[name];
  if (local !== undefined) return `\`${local}\` (local stage only)`;
  if (fallback === undefined) return '';
  return fallback === '' ? 'empty' : `\`${String(fallback)}\``;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

const rows = Object.entries(definitions).map(
  ([name, definition]) => `| \`${name}\` | ${defaultOf(name, definition)} | ${cell(definition.description ?? '')} |`,
);

const PORT_USES: Readonly<Record<keyof typeof LOCAL_PORTS, string>> = {
  http: 'the API',
  emailHttp: "the API again, on the old e-mail service's port",
  lambda: "serverless-offline's invoke port; accepts `aws lambda invoke` without authentication",
  mysql: 'MariaDB or MySQL',
  redis: 'Redis',
  kafka: 'Kafka',
  mail: 'the mail catcher, SMTP',
  mailUi: "the mail catcher's page",
};

const portRows = (Object.keys(LOCAL_PORTS) as Array<keyof typeof LOCAL_PORTS>).map((key) => {
  const [name, port] = LOCAL_PORTS[key];
  return `| \`${name}\` | \`${port}\` | ${PORT_USES[key]} |`;
});

/** docs/configuration.md */
export function configurationPage(): string {
  return `# Configuration

Generated from \`shared/config/config-schemas.ts\` and \`shared/config/defaults.ts\`; do not edit (see
[CONTRIBUTING](../CONTRIBUTING.md)).

- Local runs, tests and AWS use the same names.
- If a value is missing or malformed, the start ends with one line that names the variable, never its value.
- On AWS a value may be a reference (\`ssm:/path\`, \`secretsmanager:name\`): see [deploy.md](deploy.md).

## The application

| variable | default | meaning |
|---|---|---|
${rows.join('\n')}

## Where \`npm start\` listens

| variable | default | use |
|---|---|---|
${portRows.join('\n')}
| \`HTTP_HOST\` | \`127.0.0.1\` | listen address of the first three ports; keep the default on a machine that others can reach |

## \`npm start\` and its log

| variable | default | meaning |
|---|---|---|
| \`NO_DOCKER\` | not set | \`1\` runs the servers as programs even with a Docker engine |
| \`HOT_RELOAD\` | \`1\` | \`0\` disables reloading saved source files |
| \`APP_HEAP_MB\` | \`1024\`; \`256\` with \`HOT_RELOAD=0\` | heap limit of the application in MB; hot reload keeps replaced code in the heap |
| \`LOG_LEVEL\` | \`INFO\` | level of the handlers' structured log |
| \`LOG_FORMAT\` | \`pretty\` on a terminal, else \`json\` | format of the log |
| \`APP_LOG_FILE\` | \`.local/log/app.log\` | the file that \`npm run logs\` reads; 32 MB at most |
| \`SLS_LOG_LEVEL\` | \`warning\` | \`notice\` shows serverless-offline's lines for each request |
`;
}
