import { waitFor } from '../cli/wait-for.mjs';

/** @typedef {{ stop(): void, inFlight(): number, close(): Promise<void> }} CodeVersion */

const key = Symbol.for('event-driven-registration.lifecycle');

/** @returns {CodeVersion[]} what is loaded in this process; each version adds itself */
function list() {
  const holder = /** @type {Record<symbol, CodeVersion[] | undefined>} */ (/** @type {unknown} */ (globalThis));
  holder[key] ??= [];
  return holder[key];
}

/** @returns {CodeVersion[]} */
export const loadedVersions = () => [...list()];

/**
 * Ends versions of the code: their loops at once, their clients when nothing uses them any more.
 * @param {CodeVersion[]} versions
 * @param {{ waitMs: number }} options how long what is in hand may take
 */
export async function retire(versions, { waitMs }) {
  for (const version of versions) version.stop();
  await waitFor(() => versions.every((version) => version.inFlight() === 0), { timeoutMs: waitMs, everyMs: 20 });
  await Promise.allSettled(versions.map((version) => version.close()));
  const all = list();
  for (const version of versions) {
    const index = all.indexOf(version);
    if (index >= 0) all.splice(index, 1);
  }
}
