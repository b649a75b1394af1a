import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { ensureMaildev } from '../install/maildev.ts';
import { probes } from './probes.ts';
import { type ServiceContext, type StartedService, startService } from './service.ts';

/** Starts the mail catcher. */
export async function startMail(context: ServiceContext, { webPort }: { webPort: number }): Promise<StartedService> {
  const { dir, port } = context;
  const mails = path.join(dir, 'mail');
  mkdirSync(mails, { recursive: true });
  const script = await ensureMaildev();
  const ports = ['--smtp', String(port), '--ip', '127.0.0.1', '--web', String(webPort), '--web-ip', '127.0.0.1'];
  const args = [script, ...ports, '--mail-directory', mails, '--max-emails', '2000'];
  const isReady = () => probes.mail(port);
  const command = { name: 'maildev', file: process.execPath, args, cwd: dir };
  return startService(context, command, { isReady, timeoutMs: 30_000 });
}
