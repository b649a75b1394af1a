import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { codeBlocks, proseOf } from './markdown.ts';

interface Compose {
  readonly services: Readonly<Record<string, { readonly profiles?: readonly string[] }>>;
}

interface Operation {
  readonly parameters?: ReadonlyArray<{ readonly name: string; readonly in: string }>;
}

interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

/** Pages, which the OpenAPI document leaves out. */
const PAGES = ['/dashboard', '/swagger-ui/index.html', '/openapi.json'];

const { scripts }: { scripts: Readonly<Record<string, string>> } = JSON.parse(readFileSync('package.json', 'utf8'));
const { functions }: { functions: object } = parse(readFileSync('serverless.yml', 'utf8'));
const { services }: Compose = parse(readFileSync('docker-compose.yml', 'utf8'), { merge: true });
const profiles = new Set(Object.values(services).flatMap(({ profiles: own = [] }) => own));
const { paths }: OpenApi = JSON.parse(readFileSync('generated/openapi.json', 'utf8'));

/** The values of an option such as `-f <value>`, `--profile <value>` or `--profile=<value>`. */
function optionsOf(command: string, ...names: string[]): string[] {
  const pattern = new RegExp(`(?:^| )(?:${names.join('|')})[ =](\\S+)`, 'g');
  return [...command.matchAll(pattern)].map(([, value = '']) => value);
}

function unless(isRight: boolean, problem: string): string[] {
  return isRight ? [] : [problem];
}

function unknownFunctions(names: readonly string[]): string[] {
  return names.flatMap((name) => unless(name in functions, `no function ${name}`));
}

function operationOf(method: string, pathname: string): Operation | undefined {
  const path = Object.keys(paths).find((one) => new RegExp(`^${one.replace(/\{\w+\}/g, '[^/]+')}$`).test(pathname));
  return paths[path ?? '']?.[method.toLowerCase()];
}

function problemsOfUrl(url: string, method: string): string[] {
  const { port, pathname, searchParams } = new URL(url);
  if (port !== '8081' || (method === 'GET' && PAGES.includes(pathname))) return [];
  const operation = operationOf(method, pathname);
  if (operation === undefined) return [`no call ${method} ${pathname}`];
  const known = (operation.parameters ?? []).flatMap((parameter) => (parameter.in === 'query' ? parameter.name : []));
  return [...searchParams.keys()].flatMap((name) => unless(known.includes(name), `no parameter ${name}`));
}

function problemsOfUrls(text: string): string[] {
  const [method = / (-d|--data)\b/.test(text) ? 'POST' : 'GET'] = optionsOf(text, '-X', '--request');
  return [...text.matchAll(/http:\/\/127\.0\.0\.1:\d+[^\s'"]*/g)].flatMap(([url]) => problemsOfUrl(url, method));
}

function problemsOfNpm(command: string): string[] {
  const [, run = '', name = ''] = /^npm (run )?(?:-\S+ )*(\S+)/.exec(command) ?? [];
  const isScript = run !== '' || ['start', 'test'].includes(name);
  const invoked = /^npm run invoke -- (?!-)(\S+)/.exec(command)?.slice(1) ?? [];
  return [...unless(!isScript || name in scripts, `no script ${name}`), ...unknownFunctions(invoked)];
}

function problemsOfCompose(command: string): string[] {
  const started = /\b(?:start|stop|restart|kill|logs)((?: [a-z][\w-]*)+)$/.exec(command)?.[1]?.trim().split(' ') ?? [];
  return [
    ...optionsOf(command, '-f', '--file').flatMap((file) => unless(existsSync(file), `no file ${file}`)),
    ...optionsOf(command, '--profile').flatMap((name) => unless(profiles.has(name), `no profile ${name}`)),
    ...started.flatMap((name) => unless(name in services, `no service ${name}`)),
  ];
}

/** What a command names that the repository does not have. */
function problemsOf(command: string): string[] {
  if (command.startsWith('npm ')) return problemsOfNpm(command);
  if (/\bdocker compose /.test(command)) return problemsOfCompose(command);
  if (/^npx (sls|serverless) invoke/.test(command)) return unknownFunctions(optionsOf(command, '-f', '--function'));
  return problemsOfUrls(command);
}

/** The lines of the page's blocks, each with its continuations, and the code in its text. */
function commandsIn(file: string): string[] {
  const page = { file, text: readFileSync(file, 'utf8') };
  const blocks = codeBlocks(page).flatMap(({ code }) => code.replace(/\\\n\s*/g, '').split('\n'));
  const inline = [...proseOf(page).matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);
  return [...blocks.map((line) => line.replace(/^\$ /, '').trim()), ...inline];
}

const commands = commandsIn('README.md');

describe('the commands in README.md', () => {
  it.each(['npm start', 'npm run invoke -- getUser', 'docker compose stop kafka'])('contain `%s`', (command) => {
    expect(commands).toContain(command);
  });

  it('contain calls of four kinds', () => {
    expect(commands.filter((command) => command.startsWith('curl '))).toHaveLength(4);
  });

  it('name only scripts, calls, functions, services and profiles that exist', () => {
    expect(commands.flatMap((command) => problemsOf(command).map((problem) => `${command}: ${problem}`))).toEqual([]);
  });
});

describe('the check of commands', () => {
  it.each([
    ['npm run redirve -- --list', 'no script redirve'],
    ['npm run invoke -- getUsers', 'no function getUsers'],
    ['npx sls invoke local -f getUsers', 'no function getUsers'],
    ['docker compose -f compose.prod.yml up', 'no file compose.prod.yml'],
    ['docker compose --profile monitoring up', 'no profile monitoring'],
    ['docker compose stop broker', 'no service broker'],
    ['curl http://127.0.0.1:8081/api/user/1', 'no call GET /api/user/1'],
    ['curl -X PUT http://127.0.0.1:8081/api/users/1', 'no call PUT /api/users/1'],
    ["curl http://127.0.0.1:8081/api/dead-letters -d '{}'", 'no call POST /api/dead-letters'],
    ["curl 'http://127.0.0.1:8081/api/events?status=FINISHED'", 'no parameter status'],
    ['Dashboard    http://127.0.0.1:8081/dashbord', 'no call GET /dashbord'],
  ])('finds the fault in `%s`', (command, problem) => {
    expect(problemsOf(command)).toEqual([problem]);
  });
});
