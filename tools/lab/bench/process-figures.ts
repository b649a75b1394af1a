import { readFileSync } from 'node:fs';

/** Of /proc's times, on every Linux that Node runs on. */
const ticksPerSecond = 100;

function readOrEmpty(file: string) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // It has ended meanwhile.
    return '';
  }
}

/** @returns their resident sets, in MB of 1,000,000 bytes; what they share is counted for each */
export function residentMb(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => {
    const kibibytes = /VmRSS:\s+(\d+)/.exec(readOrEmpty(`/proc/${pid}/status`))?.[1];
    return sum + (Number(kibibytes ?? 0) * 1024) / 1e6;
  }, 0);
}

/** @returns the time on a processor that they have used so far, in ms */
export function processorMs(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => {
    const stat = readOrEmpty(`/proc/${pid}/stat`);
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return sum + ((Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / ticksPerSecond) * 1000;
  }, 0);
}
