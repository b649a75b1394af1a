import { setTimeout as sleep } from 'node:timers/promises';
import { check, type Findings, isSettled } from './checker.ts';
import type { Laboratory } from './laboratory.ts';
import type { Load, Timing } from './load.ts';
import { normalLimitMs } from './measure.ts';

/** What was accepted this recently may still be under way. */
const underWayMs = 2000;
const everyMs = 200;
/** This many registrations in a row have to be as fast as before. */
const enough = 10;

/** A laboratory under a load. */
export type Watched = Pick<Laboratory, 'system' | 'replicas' | 'servers' | 'excuses' | 'signal'> & { load: Load };

/** @throws when the signal is aborted */
export async function pause(ms: number, signal: AbortSignal) {
  await sleep(Math.max(0, ms), undefined, { signal });
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

function countUnmailed({ load, servers }: Watched) {
  const mailed = new Set(servers.mails().map(({ to }) => to));
  const before = performance.now() - underWayMs;
  return load.posts.filter(
    ({ status, startedAt, ms, email }) => status === 201 && startedAt + ms < before && !mailed.has(email),
  ).length;
}

/**
 * Waits until everything is as before: all dependencies up, nothing left over, registrations as fast as before.
 * @returns healedMs since the return, undefined when the limit passed; lacks: the condition that was met last, or not met
 */
export async function waitUntilHealed(
  watched: Watched,
  how: { returnedAt: number; normalP99Ms: number | undefined; needsSpeed: boolean; limitMs: number },
): Promise<{ healedMs: number | undefined; lacks: string }> {
  const { system, replicas, load, signal } = watched;
  const { returnedAt, normalP99Ms, needsSpeed, limitMs } = how;
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
    const areUp = await Promise.all(replicas.map((replica) => replica.isUp().catch(() => false)));
    if (areUp.includes(false)) return `a dependency of replica ${areUp.indexOf(false) + 1}`;
    return !needsSpeed || isFastAgain(load.posts, returnedAt, normalP99Ms) ? '' : 'speed';
  }
}

/** What is known now about the registrations of a load. */
export async function evidenceOf({
  system,
  servers,
  excuses,
  load,
}: Pick<Watched, 'system' | 'servers' | 'excuses' | 'load'>) {
  return {
    registrations: load.posts,
    ...(await system.records.read(load.tag)),
    mails: servers.mails().filter(({ to }) => to.startsWith(load.tag)),
    excuses,
    identity: system.identity,
  };
}

/** Waits after the end of the load until nothing is under way, or the limit has passed, and returns what was found. */
export async function settle(watched: Watched, limitMs: number): Promise<Findings> {
  const end = performance.now() + limitMs;
  for (;;) {
    const evidence = await evidenceOf(watched).catch((error) => {
      if (performance.now() > end) throw error;
    });
    if (evidence !== undefined) {
      const findings = check(evidence);
      const isDone = isSettled(watched.system.finishesEvents ? findings : { ...findings, unfinished: 0 });
      if (isDone || performance.now() > end) return findings;
    }
    await pause(everyMs, watched.signal);
  }
}
