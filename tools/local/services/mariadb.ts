import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { StartError } from '../cli/start-error.ts';
import { probes } from './probes.ts';
import { copyTemplate, type ServiceContext, type StartedService, startService } from './service.ts';

/** Tests create databases and users. Not FILE, SUPER or RELOAD, with which a client could write this machine's files. */
const testerPrivileges = [
  ...['ALTER', 'CREATE', 'CREATE TEMPORARY TABLES', 'CREATE USER', 'CREATE VIEW', 'DELETE', 'DROP', 'INDEX', 'INSERT'],
  ...['LOCK TABLES', 'PROCESS', 'REFERENCES', 'SELECT', 'SHOW DATABASES', 'SHOW VIEW', 'TRIGGER', 'UPDATE'],
].join(', ');

/** Executed at every start, before the server accepts connections. The system tables have a root without a password. */
const initialStatements = [
  'CREATE DATABASE IF NOT EXISTS users CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;',
  'CREATE DATABASE IF NOT EXISTS notifications CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;',
  "CREATE USER IF NOT EXISTS 'tester'@'%' IDENTIFIED BY 'password';",
  "REVOKE ALL PRIVILEGES, GRANT OPTION FROM 'tester'@'%';",
  `GRANT ${testerPrivileges} ON *.* TO 'tester'@'%' WITH GRANT OPTION;`,
  "DROP USER IF EXISTS 'root'@'127.0.0.1', 'root'@'::1';",
];

/** Gives up durability. */
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

export async function startMariadb(context: ServiceContext, { server }: { server: string }): Promise<StartedService> {
  const { dir, port, options = [], isThrowAway } = context;
  const data = path.join(dir, 'mariadb');
  await copyTemplate(data, { name: 'mariadb', marker: 'mysql', create: (folder) => bootstrap(server, folder) });
  const initFile = path.join(dir, 'mariadb-init.sql');
  writeFileSync(initFile, `${initialStatements.join('\n')}\n`);
  const exchange = path.join(dir, 'mariadb-files');
  mkdirSync(exchange, { recursive: true, mode: 0o700 });
  const own = [`--datadir=${data}`, `--port=${port}`, `--init-file=${initFile}`, `--secure-file-priv=${exchange}`];
  const fast = isThrowAway ? fastOptions : [];
  const args = ['--no-defaults', ...asRoot(), ...own, ...baseOptions, ...fast, ...options];
  const isReady = () => probes.mysql(port);
  return startService(context, { name: 'MariaDB', file: server, args }, { isReady, timeoutMs: 60_000 });
}

/**
 * Creates the system tables as mariadb-install-db does; that program needs more packages and writes outside its folder.
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
    '--enforce-storage-engine=',
    '--max-allowed-packet=8M',
    '--skip-log-bin',
  ];
  const child = spawn(server, args, { stdio: ['pipe', 'ignore', 'pipe'] });
  const printed: string[] = [];
  child.stderr.on('data', (data) => printed.push(String(data)));
  child.stdin.on('error', () => {});
  child.stdin.end(`create database if not exists mysql;\nuse mysql;\nSET @auth_root_socket=NULL;\n${sql}`);
  const outcome = await new Promise((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code, signal) => resolve(code ?? signal));
  });
  if (outcome !== 0)
    throw new StartError(`MariaDB could not create its data folder (${outcome}):\n${printed.join('').trim()}`);
}

/** Reads the statements that MariaDB ships for its own tables; its newer releases name the files after itself. */
function systemTables(server: string): string {
  const prefix = path.resolve(path.dirname(realpathSync(server)), '..');
  const folders = ['mariadb', 'mysql'].map((name) => path.join(prefix, 'share', name));
  for (const folder of folders) {
    const files = new Set(list(folder));
    const names = ['system_tables.sql', 'performance_tables.sql', 'system_tables_data.sql'].map((suffix) =>
      ['mysql', 'mariadb'].map((brand) => `${brand}_${suffix}`).find((name) => files.has(name)),
    );
    if (names[0] === undefined) continue;
    return names.map((name) => (name === undefined ? '' : readFileSync(path.join(folder, name), 'utf8'))).join('\n');
  }
  throw new StartError(`MariaDB's system tables (mysql_system_tables.sql) are in none of ${folders.join(', ')}`);
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
