import { mkdirSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fillPlace } from '#tools/local/cli/marked-place.ts';

/** Where and when something was measured. */
export type Machine = ReturnType<ReturnType<typeof watchMachine>>;

/** What was run, and on what. */
export type Run = { command: string; machine: Machine };

function oneMinuteLoad() {
  return Math.round((os.loadavg()[0] ?? 0) * 100) / 100;
}

/** Records the load average before a run; the returned function completes the facts after it. */
export function watchMachine() {
  const at = new Date().toISOString();
  const loadBefore = oneMinuteLoad();
  return () => ({
    at,
    cpus: os.cpus().length,
    cpu: os.cpus()[0]?.model.trim() ?? 'unknown',
    memoryGiB: Math.round(os.totalmem() / 1024 ** 3),
    os: `${os.type()} ${os.release()} ${os.arch()}`,
    node: process.version,
    loadBefore,
    loadAfter: oneMinuteLoad(),
  });
}

export function describeMachine({ at, cpus, cpu, memoryGiB, os: system, node, loadBefore, loadAfter }: Machine) {
  return `${at}, ${cpus} × ${cpu}, ${memoryGiB} GiB, ${system}, Node ${node}; load average ${loadBefore} before, ${loadAfter} after`;
}

/** The command as it was given, without the files that take its results. */
export function commandLine(command: string, args: readonly string[]) {
  const kept = args.filter(
    (arg, index) => !/^--(json|out)(=|$)/.test(arg) && !/^--(json|out)$/.test(args[index - 1] ?? ''),
  );
  return [command, ...(kept.length > 0 ? ['--', ...kept] : [])].join(' ');
}

export function writeJson(file: string, content: object) {
  mkdirSync(path.dirname(path.resolve(file)), { recursive: true });
  writeFileSync(file, `${JSON.stringify(content, null, 2)}\n`);
}

/**
 * Writes Markdown texts into their marked places of a page.
 * @param kind of the places
 * @param texts by the place's title
 */
export function writePlaces(
  file: string,
  kind: string,
  { command, machine }: Run,
  texts: Readonly<Record<string, string>>,
) {
  for (const [title, text] of Object.entries(texts))
    fillPlace(file, { kind, title }, `\`${command}\`: ${describeMachine(machine)}.\n\n${text}`);
}
