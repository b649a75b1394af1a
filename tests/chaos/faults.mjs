/**
 * @typedef {'kafka' | 'redis' | 'mysql' | 'smtp' | 'app'} Dependency
 * @typedef {'stop' | 'kill' | 'pause' | 'silent' | 'slow' | 'refuse' | 'reset' | 'cut'} FaultKind
 * @typedef {{ dependency: Dependency, kind: FaultKind }} Fault
 */

/** @type {readonly Dependency[]} */
export const dependencies = ['kafka', 'redis', 'mysql', 'smtp', 'app'];

/** Faults of the process itself; the others are faults of the network, which a proxy makes. */
/** @type {readonly FaultKind[]} */
const processKinds = ['stop', 'kill', 'pause'];

/** What each dependency is put through, in this order. */
/** @type {readonly FaultKind[]} */
const matrixKinds = ['stop', 'kill', 'pause', 'silent', 'slow'];

/** What is added where it shows something else. */
/** @type {Readonly<Record<Dependency, readonly FaultKind[]>>} */
const extraKinds = {
  kafka: ['refuse', 'reset', 'cut'],
  redis: ['refuse', 'reset', 'cut'],
  mysql: ['refuse', 'reset', 'cut'],
  smtp: ['refuse', 'reset', 'cut'],
  app: ['reset'],
};

/** @param {Fault} fault */
export const nameOf = ({ dependency, kind }) => `${dependency}/${kind}`;

/** @param {FaultKind} kind */
export const isProcessFault = (kind) => processKinds.includes(kind);

/** @type {readonly Fault[]} */
export const matrix = dependencies.flatMap((dependency) => matrixKinds.map((kind) => ({ dependency, kind })));

/** @type {readonly Fault[]} */
const extras = dependencies.flatMap((dependency) => extraKinds[dependency].map((kind) => ({ dependency, kind })));

/** @type {readonly Fault[]} */
export const allFaults = [...matrix, ...extras];

/**
 * Where a connection is cut: mails right after their last byte, so that the server took them and its 250 is lost; the others
 * in the middle of an answer, a commit's among them.
 * @type {Readonly<Record<Dependency, import('#tests/helpers/tcp-proxy.mjs').CutRule>>}
 */
export const cutRules = {
  smtp: { of: 'client', text: '\r\n.\r\n' },
  mysql: { of: 'server', bytes: 400 },
  kafka: { of: 'server', bytes: 1000 },
  redis: { of: 'server', bytes: 40 },
  app: { of: 'server', bytes: 40 },
};

/**
 * Whether guarantee 2 allows a repeated mail: the server's 250 may not have been seen, or its process died or froze.
 * @param {Fault} fault
 */
export const mayRepeatMails = ({ dependency, kind }) => {
  if (dependency === 'app') return kind === 'kill' || kind === 'pause';
  return dependency === 'smtp' && kind !== 'stop' && kind !== 'slow';
};
