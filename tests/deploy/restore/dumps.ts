import { readFileSync, writeFileSync } from 'node:fs';
import { createDatabase, type Database } from '#shared/db/database.ts';
import { run } from '#tests/deploy/tools/run.ts';
import { randomName } from '#tests/helpers/random.ts';

function clientOptions(url: string): { args: string[]; env: Record<string, string>; database: string } {
  const { hostname, port, username, password, pathname } = new URL(url);
  const args = ['--no-defaults', `--host=${hostname}`, `--port=${port}`, `--user=${username}`];
  return { args, env: { MYSQL_PWD: decodeURIComponent(password) }, database: pathname.slice(1) };
}

/** Dumps a database as of one moment. */
export async function dump(url: string, file: string): Promise<void> {
  const { args, env, database } = clientOptions(url);
  writeFileSync(file, await run('mariadb-dump', [...args, '--single-transaction', database], { env }));
}

/** Restores a dump into a new database on the same server. */
export async function restore(url: string, file: string): Promise<{ url: string; db: Database }> {
  const { args, env } = clientOptions(url);
  const restored = new URL(url);
  restored.pathname = `/${randomName('t_')}`;
  const name = restored.pathname.slice(1);
  const script = `CREATE DATABASE ${name} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin; USE ${name};\n`;
  writeFileSync(`${file}.${name}`, script + readFileSync(file, 'utf8'));
  await run('mariadb', [...args, '--execute', `source ${file}.${name}`], { env });
  return { url: restored.href, db: createDatabase(restored.href, 5) };
}
