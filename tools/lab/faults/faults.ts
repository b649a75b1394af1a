import type { CutRule } from './tcp-proxy.ts';

export const dependencies = ['kafka', 'redis', 'mysql', 'smtp', 'app'] as const;

/** `app` is one of the replicas, `apps` are all of them at once. */
export type Dependency = (typeof dependencies)[number] | 'apps';

type ProcessFault = 'stop' | 'kill' | 'pause';

/** A process fault, or a fault of the network, which a proxy makes. */
export type FaultKind = ProcessFault | 'silent' | 'slow' | 'refuse' | 'reset' | 'cut';

export type Fault = { dependency: Dependency; kind: FaultKind };

/** The faults of every dependency, in this order. */
const matrixKinds: readonly FaultKind[] = ['stop', 'kill', 'pause', 'silent', 'slow'];

/** Further faults, where they show something else. */
const extraKinds: Readonly<Record<Dependency, readonly FaultKind[]>> = {
  kafka: ['refuse', 'reset', 'cut'],
  redis: ['refuse', 'reset', 'cut'],
  mysql: ['refuse', 'reset', 'cut'],
  smtp: ['refuse', 'reset', 'cut'],
  app: ['reset'],
  apps: [],
};

export function nameOf({ dependency, kind }: Fault) {
  return `${dependency}/${kind}`;
}

export function isProcessFault(kind: FaultKind): kind is ProcessFault {
  return kind === 'stop' || kind === 'kill' || kind === 'pause';
}

function faultsOf(
  kindsOf: (dependency: Dependency) => readonly FaultKind[],
  names: readonly Dependency[] = dependencies,
): Fault[] {
  return names.flatMap((dependency) => kindsOf(dependency).map((kind) => ({ dependency, kind })));
}

/** The supervisor restarts an application at once: it cannot be kept down. */
export function restartsAtOnce({ dependency, kind }: Fault) {
  return (dependency === 'app' || dependency === 'apps') && (kind === 'stop' || kind === 'kill');
}

export const matrix: readonly Fault[] = faultsOf(() => matrixKinds);

/** Faults of several replicas at once, where they show more than those of one. */
export const sharedFaults: readonly Fault[] = faultsOf(() => ['stop', 'kill', 'pause'], ['apps']);

export const allFaults: readonly Fault[] = [
  ...matrix,
  ...faultsOf((dependency) => extraKinds[dependency]),
  ...sharedFaults,
];

/**
 * Where a connection is cut: mails right after their last byte, so that the server took them and its 250 is lost; the others
 * in the middle of an answer, a commit's among them.
 */
export const cutRules: Readonly<Record<Dependency, CutRule>> = {
  smtp: { of: 'client', text: '\r\n.\r\n' },
  mysql: { of: 'server', bytes: 400 },
  kafka: { of: 'server', bytes: 1000 },
  redis: { of: 'server', bytes: 40 },
  app: { of: 'server', bytes: 40 },
  apps: { of: 'server', bytes: 40 },
};
