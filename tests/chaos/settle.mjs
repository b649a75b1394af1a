import { check, isSettled } from './checker.mjs';
import { pause } from './pause.mjs';

const everyMs = 300;

/**
 * @param {import('./heal.mjs').Watched} watched
 * @param {string} tag
 */
const evidenceOf = async ({ system, load, mails }, tag) => ({
  registrations: load.posts,
  ...(await system.records.read(tag)),
  mails: mails().filter(({ to }) => to.startsWith(tag)),
  identity: system.identity,
});

/**
 * Waits until nothing is under way any more, or the time is up, and tells what was found. The load has ended before.
 * @param {import('./heal.mjs').Watched} watched
 * @param {{ tag: string, limitMs: number }} options
 * @returns {Promise<import('./checker.mjs').Findings>}
 */
export const settle = async (watched, { tag, limitMs }) => {
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
};
