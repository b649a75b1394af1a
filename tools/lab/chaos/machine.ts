import os from 'node:os';

/** Where and when something was measured. */
export type Machine = {
  at: string;
  cpus: number;
  cpu: string;
  memoryGiB: number;
  os: string;
  node: string;
  loadBefore: number;
  loadAfter: number;
};

function oneMinuteLoad() {
  return Math.round((os.loadavg()[0] ?? 0) * 100) / 100;
}

/** Notes the load before a run; called at its end, tells the rest. */
export function watchMachine(): () => Machine {
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
