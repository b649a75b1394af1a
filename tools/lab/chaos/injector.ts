import type { CutRule, ProxyMode } from '../faults/tcp-proxy.ts';
import type { Victim } from './backing.ts';
import { cutRules, type Fault } from './faults.ts';

/** Why a fault cannot be injected here. */
export function impossibleBecause({ kind }: Fault, victim: Victim): string | undefined {
  if (kind !== 'stop' && kind !== 'kill' && kind !== 'pause') return victim.unproxied;
  return victim.target === undefined ? (victim.foreign ?? 'its process is not ours') : undefined;
}

/**
 * Injects a fault. A server that has ended refuses connections, so its proxy does too; the application's proxy stands between
 * it and its clients and does the same.
 * @returns lifts it, and waits until the process answers again where it was ended
 */
export async function inject({ dependency, kind }: Fault, { proxies, target }: Victim): Promise<() => Promise<void>> {
  const setAll = async (mode: ProxyMode, rule: CutRule = cutRules[dependency]) => {
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
}
