import { sharedNow } from '../systems/mail-journal.ts';
import { type Excuse, excusesOf } from './excuses.ts';
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
 * @returns lifts the fault and returns which repeated mails it excuses; after stop or kill it waits until the process answers
 */
export async function inject(fault: Fault, victim: Victim): Promise<() => Promise<Excuse[]>> {
  const chosen = (await victim.choose?.()) ?? victim;
  const begunMs = sharedNow();
  const lift = await begin(fault, chosen);
  const brokenMs = sharedNow();
  return async () => {
    await lift();
    return excusesOf(fault, { begunMs, brokenMs, liftedMs: sharedNow() }, chosen.senders);
  };
}

async function begin({ dependency, kind }: Fault, { proxies, target }: Victim): Promise<() => Promise<void>> {
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
