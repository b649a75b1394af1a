import { spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { withLock } from '#tools/bootstrap/lock.mjs';
import { templateDir } from '#tools/paths.ts';
import { StartError } from '../cli/start-error.ts';
import { startProcess, waitUntilReady } from '../process/managed-process.ts';
import { probe } from '../process/ports.ts';
import type { ServiceContext } from './service.ts';

/** Executed at every start, before the server accepts anybody. */
const initialStatements = [
  'CREATE DATABASE IF NOT EXISTS users CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;',
  'CREATE DATABASE IF NOT EXISTS notifications CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;',
  "CREATE USER IF NOT EXISTS 'tester'@'%' IDENTIFIED BY 'password';",
  "GRANT ALL PRIVILEGES ON *.* TO 'tester'@'%';",
];

/** What a throw-away server need not do. */
const fastOptions = ['--innodb-flush-log-at-trx-commit=0', '--innodb-doublewrite=0', '--innodb-flush-method=nosync'];

const baseOptions = [
  '--bind-address=127.0.0.1',
  '--socket=mariadb.sock',
  '--pid-file=mariadb.pid',
  '--skip-name-resolve',
  '--max-connections=400',
  '--character-set-server=utf8mb4',
  '--collation-server=utf8mb4_bin',
  '--default-time-zone=+00:00',
  '--innodb-buffer-pool-size=128M',
  '--innodb-log-file-size=32M',
  '--key-buffer-size=1M',
  '--performance-schema=OFF',
];

function asRoot() {
  return process.getuid?.() === 0 ? ['--user=root'] : [];
}

export async function startMariadb(
  { dir, port, logFile, pidFile, guard, options = [], isThrowAway }: ServiceContext,
  programs: { server: string },
) {
  const data = path.join(dir, 'mariadb');
  await prepareData(data, programs.server);
  const initFile = path.join(dir, 'mariadb-init.sql');
  writeFileSync(initFile, `${initialStatements.join('\n')}\n`);
  const service = startProcess(
    {
      name: 'MariaDB',
      file: programs.server,
      args: [
        '--no-defaults',
        ...asRoot(),
        `--datadir=${data}`,
        `--port=${port}`,
        `--init-file=${initFile}`,
        ...baseOptions,
        ...(isThrowAway ? fastOptions : []),
        ...options,
      ],
      logFile,
      ...(pidFile === undefined ? {} : { pidFile }),
    },
    guard,
  );
  // The greeting comes when the init file is done; byte 4 is the protocol's version.
  const isReady = () => probe(port, { isAnswer: (data) => data[4] === 10 });
  return { service, ready: waitUntilReady(service, { isReady, timeoutMs: 60_000, logFile }) };
}

/** Lays an empty data folder, once for all: the first is kept as a template. */
async function prepareData(data: string, server: string) {
  if (existsSync(path.join(data, 'mysql'))) return;
  const template = path.join(templateDir, 'mariadb');
  await withLock(path.join(templateDir, 'mariadb.lock'), async () => {
    if (existsSync(template)) return;
    const unfinished = `${template}.unfinished`;
    rmSync(unfinished, { recursive: true, force: true });
    mkdirSync(unfinished, { recursive: true });
    await bootstrap(server, unfinished);
    renameSync(unfinished, template);
  });
  const unfinished = `${data}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  cpSync(template, unfinished, { recursive: true });
  renameSync(unfinished, data);
}

/**
 * Creates the system tables as mariadb-install-db does, which wants more packages and touches files outside its folder.
 * @throws {StartError}
 */
async function bootstrap(server: string, data: string) {
  const sql = systemTables(server);
  const args = [
    '--no-defaults',
    ...asRoot(),
    `--datadir=${data}`,
    '--bootstrap',
    '--innodb-log-file-size=32M',
    '--log-warnings=0',
  ];
  const child = spawn(server, [...args, '--enforce-storage-engine=', '--max-allowed-packet=8M', '--skip-log-bin'], {
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  const printed: string[] = [];
  child.stderr.on('data', (data) => printed.push(String(data)));
  child.stdin.on('error', () => {});
  child.stdin.end(`create database if not exists mysql;\nuse mysql;\nSET @auth_root_socket=NULL;\n${sql}`);
  const outcome = await new Promise((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code, signal) => resolve(code ?? signal));
  });
  if (outcome !== 0)
    throw new StartError(`MariaDB could not lay its data folder (${outcome}):\n${printed.join('').trim()}`);
}

/** @returns the statements that MariaDB ships for its own tables */
function systemTables(server: string): string {
  const prefix = path.resolve(path.dirname(realpathSync(server)), '..');
  const folders = ['mariadb', 'mysql'].map((name) => path.join(prefix, 'share', name));
  const folder = folders.find(
    (name) =>
      existsSync(path.join(name, 'mysql_system_tables.sql')) ||
      existsSync(path.join(name, 'mariadb_system_tables.sql')),
  );
  if (folder === undefined) throw new StartError(`mysql_system_tables.sql is in none of ${folders.join(', ')}`);
  const files = readdirSync(folder).filter((name) =>
    /^(mysql|mariadb)_(system_tables|performance_tables|system_tables_data)\.sql$/.test(name),
  );
  const order = ['system_tables.sql', 'performance_tables.sql', 'system_tables_data.sql'];
  return order
    .map((suffix) => files.find((name) => name.endsWith(`_${suffix}`)))
    .map((name) => (name === undefined ? '' : readFileSync(path.join(folder, name), 'utf8')))
    .join('\n');
}
