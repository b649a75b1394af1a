import type { Figure } from '../figure.ts';
import type { Laboratory, Variant } from '../laboratory.ts';

export interface Workload {
  /** the title of its table's place in a page */
  place: string;
  measure: (laboratory: Laboratory) => Promise<readonly Figure[]>;
}

/** The application and, where there is one, the peer. */
export async function systemsOf(laboratory: Laboratory, variant: Variant) {
  const [ours, peer] = [await laboratory.ours(variant), await laboratory.peer()];
  return { ours, all: peer === undefined ? [ours] : [ours, peer] };
}

/** The same without a peer that works on servers of its own. */
export async function localSystemsOf(laboratory: Laboratory) {
  const [ours, peer] = [await laboratory.ours('production'), await laboratory.localPeer()];
  return peer === undefined ? [ours] : [ours, peer];
}
