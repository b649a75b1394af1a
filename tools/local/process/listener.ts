import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { findCommand, output } from '../services/commands.ts';

/**
 * The program that listens on a TCP port of this machine, such as `container web-1` or `nginx (pid 4711)`.
 * @returns undefined where the system does not say, as for another user's process
 */
export async function listenerOn(port: number): Promise<string | undefined> {
  return (await publishingContainer(port)) ?? listenerFromProc(port) ?? (await listenerFromLsof(port));
}

async function publishingContainer(port: number): Promise<string | undefined> {
  const docker = findCommand('docker');
  if (docker === undefined) return undefined;
  const args = ['ps', '--filter', `publish=${port}`, '--format', '{{.Names}}'];
  const name = (await output(docker, args, { timeout: 3000 }).catch(() => '')).trim().split('\n')[0];
  return name ? `container ${name}` : undefined;
}

const LISTENING = '0A';

/** The inodes of the sockets that listen on a port, from a table such as /proc/net/tcp. */
export function listeningInodes(table: string, port: number): string[] {
  return table
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local = '', , state]) => state === LISTENING && Number.parseInt(local.split(':')[1] ?? '', 16) === port)
    .flatMap(([, , , , , , , , , inode]) => inode ?? []);
}

function listenerFromProc(port: number): string | undefined {
  const tables = ['tcp', 'tcp6'].map((name) => readQuietly(() => readFileSync(`/proc/net/${name}`, 'utf8')) ?? '');
  const sockets = new Set(tables.flatMap((table) => listeningInodes(table, port)).map((inode) => `socket:[${inode}]`));
  if (sockets.size === 0) return undefined;
  for (const pid of (readQuietly(() => readdirSync('/proc')) ?? []).filter((name) => /^\d+$/.test(name))) {
    const files = readQuietly(() => readdirSync(`/proc/${pid}/fd`)) ?? [];
    const holds = (fd: string) => sockets.has(readQuietly(() => readlinkSync(`/proc/${pid}/fd/${fd}`)) ?? '');
    if (!files.some(holds)) continue;
    return `${readQuietly(() => readFileSync(`/proc/${pid}/comm`, 'utf8').trim())} (pid ${pid})`;
  }
  return undefined;
}

function readQuietly<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

async function listenerFromLsof(port: number): Promise<string | undefined> {
  const lsof = findCommand('lsof');
  if (lsof === undefined) return undefined;
  const printed = await output(lsof, ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc'], { timeout: 3000 }).catch(
    () => '',
  );
  const [, pid, name] = /^p(\d+)\nc(.+)$/m.exec(printed) ?? [];
  return pid === undefined ? undefined : `${name} (pid ${pid})`;
}
