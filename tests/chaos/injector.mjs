import { cutRules } from './faults.mjs';

/** @typedef {import('./faults.mjs').Fault} Fault */
/** @typedef {import('./backing.mjs').Victim} Victim */

/**
 * Why a fault cannot be injected here.
 * @param {Fault} fault
 * @param {Victim} victim
 * @returns {string | undefined}
 */
export const impossibleBecause = ({ kind }, victim) => {
  if (kind !== 'stop' && kind !== 'kill' && kind !== 'pause') return victim.unproxied;
  return victim.target === undefined ? (victim.foreign ?? 'its process is not ours') : undefined;
};

/**
 * Injects a fault. A server that has ended refuses connections, so its proxy does too; the application's proxy stands between
 * it and its clients and does the same.
 * @param {Fault} fault
 * @param {Victim} victim
 * @returns {Promise<() => Promise<void>>} lifts it, and waits until the process answers again where it was ended
 */
export const inject = async ({ dependency, kind }, { proxies, target }) => {
  const setAll = async (
    /** @type {import('#tests/helpers/tcp-proxy.mjs').ProxyMode} */ mode,
    /** @type {import('#tests/helpers/tcp-proxy.mjs').CutRule} */ rule = cutRules[dependency],
  ) => {
    for (const proxy of proxies) await proxy.set(mode, rule);
  };
  if (kind !== 'stop' && kind !== 'kill' && kind !== 'pause') {
    await setAll(kind);
    return () => setAll('pass');
  }
  if (target === undefined) throw new Error(`${dependency} has no process to ${kind}`);
  if (kind === 'pause') {
    target.pause();
    return async () => target.resume();
  }
  await (kind === 'stop' ? target.stop() : target.kill());
  await setAll('refuse');
  return async () => {
    await target.start();
    await setAll('pass');
  };
};
