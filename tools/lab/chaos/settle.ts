import { check, type Findings, isSettled } from './checker.ts';
import type { Watched } from './heal.ts';
import { pause } from './pause.ts';

const everyMs = 300;

async function evidenceOf({ system, load, mails }: Watched, tag: string) {
  return {
    registrations: load.posts,
    ...(await system.records.read(tag)),
    mails: mails().filter(({ to }) => to.startsWith(tag)),
    identity: system.identity,
  };
}

/**
 * Waits until nothing is under way any more, or the time is up, and tells what was found. The load has ended before.
 */
export async function settle(watched: Watched, { tag, limitMs }: { tag: string; limitMs: number }): Promise<Findings> {
  const end = performance.now() + limitMs;
  for (;;) {
    const evidence = await evidenceOf(watched, tag).catch((error) => {
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
