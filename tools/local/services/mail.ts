import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { rootDir } from '#tools/paths.ts';
import { startProcess, waitUntilReady } from '../process/managed-process.ts';
import { probe } from '../process/ports.ts';
import type { ServiceContext } from './service.ts';

/** The mail catcher. */
export async function startMail(
  { dir, port, logFile, pidFile, guard }: ServiceContext,
  { webPort }: { webPort: number },
) {
  const mails = path.join(dir, 'mail');
  mkdirSync(mails, { recursive: true });
  const script = path.join(rootDir, 'node_modules', 'maildev', 'dist', 'bin', 'maildev.js');
  const ports = ['--smtp', String(port), '--ip', '127.0.0.1', '--web', String(webPort), '--web-ip', '127.0.0.1'];
  const service = startProcess(
    {
      name: 'maildev',
      file: process.execPath,
      args: [script, ...ports, '--mail-directory', mails, '--max-emails', '2000'],
      cwd: dir,
      logFile,
      ...(pidFile === undefined ? {} : { pidFile }),
    },
    guard,
  );
  const isReady = () => probe(port, { isAnswer: (data) => data.toString().startsWith('220') });
  return { service, ready: waitUntilReady(service, { isReady, timeoutMs: 30_000, logFile }) };
}
