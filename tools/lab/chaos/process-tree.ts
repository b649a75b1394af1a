import { readdirSync, readFileSync } from 'node:fs';

export type RunningProcess = { pid: number; command: string };

function readOrEmpty(file: string) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function parentOf(pid: number) {
  const stat = readOrEmpty(`/proc/${pid}/stat`);
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] ?? 0);
}

/** Everything below a process, parents before children. */
export function descendantsOf(root: number): RunningProcess[] {
  const children: Map<number, number[]> = new Map();
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    const parent = parentOf(Number(name));
    children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const below: (pid: number) => number[] = (pid) =>
    (children.get(pid) ?? []).flatMap((child) => [child, ...below(child)]);
  return below(root).map((pid) => ({
    pid,
    command: readOrEmpty(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim(),
  }));
}
