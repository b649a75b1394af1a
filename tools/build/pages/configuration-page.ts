import { readConfig } from '#shared/config/config.ts';
import { ConfigSchema } from '#shared/config/config-schemas.ts';
import { LOCAL_DEFAULTS, LOCAL_PORTS } from '#shared/config/defaults.ts';
import { SERVER_ADDRESSES } from '#shared/config/server-addresses.ts';

interface Definition {
  readonly description?: string;
  readonly default?: unknown;
}

type Variable = readonly [name: string, fallback: string, meaning: string];

const LOCAL: Readonly<Record<string, string>> = LOCAL_DEFAULTS;
const definitions: Readonly<Record<string, Definition>> = JSON.parse(JSON.stringify(ConfigSchema.properties));

/** What the tools read, not the application. */
const TOOL_VARIABLES: readonly Variable[] = [
  ['NO_DOCKER', '', '`1` runs the servers as programs even with a Docker engine'],
  ['NO_INSTALL', '', '`1` never runs apt-get'],
  [
    'MAIL_CATCHER_IMAGE',
    '',
    'image of the mail catcher in Docker: MailHog, or `axllent/mailpit:v1.30.6`, also for arm64',
  ],
  ['HOT_RELOAD', '`1`', '`0` disables reloading saved source files'],
  [
    'APP_HEAP_MB',
    '`1024`; `512` with `HOT_RELOAD=0`',
    'heap limit of the application in MB; hot reload keeps replaced code in the heap',
  ],
  ['LOG_LEVEL', '`INFO`', "level of the handlers' structured log"],
  ['LOG_FORMAT', '`pretty` on a terminal, else `json`', 'format of the log'],
  ['APP_LOG_FILE', '`.local/log/app.log`', 'the file that `npm run logs` reads; 32 MB at most'],
  ['SLS_LOG_LEVEL', '`warning`', "`notice` shows serverless-offline's lines for each request"],
];

function defaultOf(name: string, { default: fallback }: Definition): string {
  const local = LOCAL[name];
  if (local !== undefined) return `\`${local}\` (local stage only)`;
  if (fallback === undefined) return '';
  return fallback === '' ? 'empty' : `\`${String(fallback)}\``;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

const applicationVariables: readonly Variable[] = [
  ...Object.entries(definitions).map(
    ([name, definition]): Variable => [name, defaultOf(name, definition), definition.description ?? ''],
  ),
  // Read by serverless.yml.
  [
    'GROUP_PREFIX',
    'empty',
    'Prefix of every consumer group; outside the local stage `<stage>-` unless set, also to an empty text',
  ],
  [
    'CONFIRM_GROUP',
    '`notification-service`',
    'Consumer group of confirmEmailSent; must differ from that of a Spring service beside it',
  ],
];

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

const portVariables: readonly Variable[] = [
  ...(Object.keys(LOCAL_PORTS) as Array<keyof typeof LOCAL_PORTS>).map((key): Variable => {
    const [name, port] = LOCAL_PORTS[key];
    return [name, `\`${port}\``, PORT_USES[key]];
  }),
  [
    'HTTP_HOST',
    '`127.0.0.1`',
    'listen address of the first three ports; keep the default on a machine that others can reach',
  ],
];

function tableOf(variables: readonly Variable[]): string {
  return variables.map(([name, fallback, meaning]) => `| \`${name}\` | ${fallback} | ${cell(meaning)} |`).join('\n');
}

/** .env.example: every variable with its default in the local stage, none of them set. */
export function envExample(): string {
  const local: Readonly<Record<string, unknown>> = readConfig({});
  const ports = portVariables.filter(([name]) => !(name in definitions));
  const lines = [...ports, ...applicationVariables, ...TOOL_VARIABLES].map(([name, fallback, meaning]) => {
    const [, shown = ''] = /^`([^`]*)`/.exec(fallback) ?? [];
    const value = definitions[name]?.default === undefined ? shown : String(local[name]);
    const ownership = name in SERVER_ADDRESSES ? '; if set, the server is yours: npm start does not start it' : '';
    return `# ${meaning.replaceAll('`', '')}${ownership}\n# ${name}=${value}\n`;
  });
  return `# Copy to .env and remove the # in front of a name. npm start and docker compose read it; what the environment sets wins.
# docker compose ignores the five servers' URLs and APP_LOG_FILE: its application uses the servers and the file of the compose file.
# Generated from the configuration's schema; do not edit. More: docs/configuration.md

${lines.join('\n')}`;
}

/** docs/configuration.md */
export function configurationPage(): string {
  return `# Configuration

Generated from \`shared/config/config-schemas.ts\` and \`shared/config/defaults.ts\`; do not edit (see
[CONTRIBUTING](../CONTRIBUTING.md)).

- Local runs, tests and AWS use the same names.
- If a value is missing or malformed, the start ends with one line that names the variable, never its value.
- \`npm start\` and \`docker compose\` also read \`.env\`, without overriding the environment; \`.env.example\` lists every variable.
  A server whose URL is set is yours: \`npm start\` does not start it. \`docker compose\` ignores the five servers' URLs.
  Another file: \`ENV_FILE=path\` (not for compose). Tests read none.
- On AWS a value may be a reference (\`ssm:/path\`, \`secretsmanager:name\`): see [deploy.md](deploy.md).

## The application

| variable | default | meaning |
|---|---|---|
${tableOf(applicationVariables)}

## Where \`npm start\` listens

| variable | default | use |
|---|---|---|
${tableOf(portVariables)}

## \`npm start\` and its log

| variable | default | meaning |
|---|---|---|
${tableOf(TOOL_VARIABLES)}
`;
}
