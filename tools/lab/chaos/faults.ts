import type { CutRule } from '../faults/tcp-proxy.ts';

export type Dependency = 'kafka' | 'redis' | 'mysql' | 'smtp' | 'app';

export type FaultKind = 'stop' | 'kill' | 'pause' | 'silent' | 'slow' | 'refuse' | 'reset' | 'cut';

export type Fault = { dependency: Dependency; kind: FaultKind };

export const dependencies: readonly Dependency[] = ['kafka', 'redis', 'mysql', 'smtp', 'app'];

/** Faults of the process itself; the others are faults of the network, which a proxy makes. */
const processKinds: readonly FaultKind[] = ['stop', 'kill', 'pause'];

/** What each dependency is put through, in this order. */
const matrixKinds: readonly FaultKind[] = ['stop', 'kill', 'pause', 'silent', 'slow'];

/** What is added where it shows something else. */
const extraKinds: Readonly<Record<Dependency, readonly FaultKind[]>> = {
  kafka: ['refuse', 'reset', 'cut'],
  redis: ['refuse', 'reset', 'cut'],
  mysql: ['refuse', 'reset', 'cut'],
  smtp: ['refuse', 'reset', 'cut'],
  app: ['reset'],
};

export function nameOf({ dependency, kind }: Fault) {
  return `${dependency}/${kind}`;
}

export function isProcessFault(kind: FaultKind) {
  return processKinds.includes(kind);
}

export const matrix: readonly Fault[] = dependencies.flatMap((dependency) =>
  matrixKinds.map((kind) => ({ dependency, kind })),
);

const extras: readonly Fault[] = dependencies.flatMap((dependency) =>
  extraKinds[dependency].map((kind) => ({ dependency, kind })),
);

export const allFaults: readonly Fault[] = [...matrix, ...extras];

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
};

/**
 * Whether guarantee 2 allows a repeated mail: the server's 250 may not have been seen, or its process died or froze.
 */
export function mayRepeatMails({ dependency, kind }: Fault) {
  if (dependency === 'app') return kind === 'kill' || kind === 'pause';
  return dependency === 'smtp' && kind !== 'stop' && kind !== 'slow';
}
