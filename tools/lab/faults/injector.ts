import { cutRules, type Fault, isProcessFault } from './faults.ts';
import type { Victim } from './target.ts';
import type { CutRule, ProxyMode } from './tcp-proxy.ts';

/** @returns why a fault cannot be injected here; undefined when it can */
export function impossibleBecause({ kind }: Fault, victim: Victim): string | undefined {
  if (!isProcessFault(kind)) return victim.unproxied;
  return victim.target === undefined ? (victim.foreign ?? 'its process was not started by this run') : undefined;
}

/**
 * Injects a fault. A server that has stopped refuses connections, so its proxy does too; the same holds for the application's
 * proxy, which stands between the application and its clients.
 * @returns lifts the fault; after stop or kill it waits until the process answers again
 */
export async function inject({ dependency, kind }: Fault, { proxies, target }: Victim): Promise<() => Promise<void>> {
  const setAll = async (mode: ProxyMode, rule: CutRule = cutRules[dependency]) => {
    for (const proxy of proxies) await proxy.set(mode, rule);
  };
  if (!isProcessFault(kind)) {
    await setAll(kind);
    return () => setAll('pass');
  }
  if (target === undefined) throw new Error(`${dependency} has no process to ${kind}`);
  if (kind === 'pause') {
    await target.pause();
    return async () => target.resume();
  }
  await (kind === 'stop' ? target.stop() : target.kill());
  await setAll('refuse');
  return async () => {
    await target.start();
    await setAll('pass');
  };
}
