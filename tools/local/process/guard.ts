// A separate process that reads a pipe from the starter. The pipe closes when the starter ends, even if it is killed; the guard
// then ends the processes that are still running, the last one first.
import { spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { endGroup } from './signals.ts';

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => {});

const watched = new Set<number>();
const commands: { command: string; args: string[]; cwd: string }[] = [];

for await (const line of createInterface({ input: process.stdin })) {
  const message = JSON.parse(line);
  if (message.watch) watched.add(message.watch);
  if (message.forget) watched.delete(message.forget);
  if (message.atEnd) commands.push(message.atEnd);
  if (message.clear) commands.length = 0;
}

for (const pid of [...watched].reverse()) await endGroup(pid, { graceMs: 10_000 });
for (const { command, args, cwd } of commands) spawnSync(command, args, { cwd, stdio: 'ignore' });
