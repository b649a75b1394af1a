import type { Mail } from './journal.ts';
import type { Load, Timing } from './load.ts';
import { normalLimitMs } from './measure.ts';
import { pause } from './pause.ts';
import type { System } from './system.ts';

/** What was accepted this recently may still be under way. */
const underWayMs = 2000;
const everyMs = 200;
/** So many registrations in a row have to be as fast as normal. */
const enough = 10;

export interface Watched {
  system: System;
  load: Load;
  mails: () => readonly Mail[];
  signal: AbortSignal;
}

/**
 * Whether registrations are as fast as before the fault.
 * @param posts in the order of their ends
 */
export function isFastAgain(posts: readonly Timing[], since: number, normalP99Ms: number | undefined) {
  const latest = posts.filter(({ startedAt }) => startedAt >= since).slice(-enough);
  const limit = normalLimitMs(normalP99Ms);
  return latest.length === enough && latest.every(({ status, ms }) => status === 201 && ms <= limit);
}

function countUnmailed({ load, mails }: Watched) {
  const mailed = new Set(mails().map(({ to }) => to));
  const before = performance.now() - underWayMs;
  return load.posts.filter(
    ({ status, startedAt, ms, email }) => status === 201 && startedAt + ms < before && !mailed.has(email),
  ).length;
}

/**
 * Waits until everything is as before: all dependencies up, nothing left over, registrations as fast as normal.
 * @returns healedMs since the return, undefined when the limit came
 * first; lacks: what was waited for last
 */
export async function waitUntilHealed(
  watched: Watched,
  {
    returnedAt,
    normalP99Ms,
    needsSpeed,
    limitMs,
  }: { returnedAt: number; normalP99Ms: number | undefined; needsSpeed: boolean; limitMs: number },
): Promise<{ healedMs: number | undefined; lacks: string }> {
  const { system, load, signal } = watched;
  const end = performance.now() + limitMs;
  let lacked = '';
  for (;;) {
    const lacks = await whatIsLacking();
    if (lacks === '') return { healedMs: performance.now() - returnedAt, lacks: lacked };
    if (performance.now() > end) return { healedMs: undefined, lacks };
    lacked = lacks;
    await pause(everyMs, signal);
  }

  async function whatIsLacking() {
    const unmailed = countUnmailed(watched);
    if (unmailed > 0) return `${unmailed} mails`;
    const overdue = await system.records.countOverdue(underWayMs).catch(() => undefined);
    if (overdue === undefined) return 'the database';
    if (overdue > 0) return `${overdue} events`;
    if (!(await system.isUp().catch(() => false))) return 'a dependency';
    return !needsSpeed || isFastAgain(load.posts, returnedAt, normalP99Ms) ? '' : 'speed';
  }
}
