import { ConfigSchema } from '#shared/config/config-schema.ts';
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
  emailHttp: 'the API again, where the old e-mail service lived',
  lambda: "serverless-offline's invoke port; takes `aws lambda invoke` from whoever reaches it",
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

Made from \`shared/config/config-schema.ts\` and \`shared/config/defaults.ts\`; not edited by hand (see
[CONTRIBUTING](../CONTRIBUTING.md)). The same names hold everywhere: on one machine, in tests, on AWS. A value that is missing or
malformed stops the start with one line that names the variable, never its value. On AWS a value may be a reference
(\`ssm:/path\`, \`secretsmanager:name\`): see [deploy.md](deploy.md).

## The application

| variable | default | meaning |
|---|---|---|
${rows.join('\n')}

## Where \`npm start\` listens

| variable | default | what |
|---|---|---|
${portRows.join('\n')}
| \`HTTP_HOST\` | \`127.0.0.1\` | the address of the first three; leave it where strangers can reach the machine |

## \`npm start\` and its log

| variable | default | meaning |
|---|---|---|
| \`NO_DOCKER\` | not set | \`1\`: servers run as programs, although a Docker engine answers |
| \`HOT_RELOAD\` | \`1\` | \`0\`: a saved source file is not taken in |
| \`APP_HEAP_MB\` | \`1024\`; \`256\` with \`HOT_RELOAD=0\` | megabytes that the application's JavaScript objects may take; code that a saved file has replaced stays among them |
| \`LOG_LEVEL\` | \`INFO\` | of the handlers' structured log |
| \`LOG_FORMAT\` | \`pretty\` on a terminal, else \`json\` | how it is printed |
| \`APP_LOG_FILE\` | \`.local/log/app.log\` | what \`npm run logs\` reads; 32 MB at most |
| \`SLS_LOG_LEVEL\` | \`warning\` | \`notice\`: serverless-offline's lines for each request |
`;
}
