// Runs as a process of its own and holds a pipe to the starter. When the pipe closes, the starter is gone, however it
// went, and what it left running is ended here: first in, last out.
import { spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { endGroup } from './signals.ts';

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => {});

const watched: number[] = [];
const commands: { command: string; args: string[]; cwd: string }[] = [];

for await (const line of createInterface({ input: process.stdin })) {
  const message = JSON.parse(line);
  if (message.watch) watched.push(message.watch);
  if (message.forget) watched.splice(watched.indexOf(message.forget), 1);
  if (message.atEnd) commands.push(message.atEnd);
  if (message.clear) commands.length = 0;
}

for (const pid of watched.reverse()) await endGroup(pid, { graceMs: 10_000 });
for (const { command, args, cwd } of commands) spawnSync(command, args, { cwd, stdio: 'ignore' });
