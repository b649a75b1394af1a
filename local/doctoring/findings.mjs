/**
 * What was found about one thing. `note`: nothing is wrong, but it is good to know. `bad`: a start would fail.
 * @typedef {{ state: 'good' | 'note' | 'bad', what: string, advice?: string }} Finding
 */

const gib = 1024 ** 3;
const leastFreeBytes = 2 * gib;
const leastMemoryBytes = 1.5 * gib;

/** @param {number} bytes */
const inGib = (bytes) => `${(bytes / gib).toFixed(1)} GiB`;

/**
 * @param {number} freeBytes
 * @returns {Finding}
 */
export function judgeDisk(freeBytes) {
  const what = `disk: ${inGib(freeBytes)} free`;
  return freeBytes >= leastFreeBytes
    ? { state: 'good', what }
    : { state: 'bad', what, advice: `free at least ${inGib(leastFreeBytes)}: servers and packages need that much` };
}

/**
 * @param {number} totalBytes
 * @returns {Finding}
 */
export function judgeMemory(totalBytes) {
  const what = `memory: ${inGib(totalBytes)}`;
  return totalBytes >= leastMemoryBytes
    ? { state: 'good', what }
    : { state: 'note', what, advice: `${inGib(leastMemoryBytes)} are needed when all servers run here` };
}

/**
 * A program that a server needs, where no Docker engine answers.
 * @param {string} label
 * @param {{ version: string | undefined, canInstall: boolean }} found
 * @returns {Finding}
 */
export function judgeProgram(label, { version, canInstall }) {
  if (version !== undefined) return { state: 'good', what: `${label}: ${version}` };
  return canInstall
    ? { state: 'note', what: `${label}: not there`, advice: 'npm start installs it with apt' }
    : {
        state: 'bad',
        what: `${label}: not there`,
        advice: `install ${label}, or start Docker, or set the URL of a server of your own`,
      };
}

/**
 * @param {string} use
 * @param {{ port: number, variable: string, isTaken: boolean, isOurs: boolean }} port isOurs: npm start runs here
 * @returns {Finding}
 */
export function judgePort(use, { port, variable, isTaken, isOurs }) {
  if (!isTaken) return { state: 'good', what: `port ${port} (${use}): free` };
  if (isOurs) return { state: 'good', what: `port ${port} (${use}): in use while npm start runs` };
  return {
    state: 'bad',
    what: `port ${port} (${use}): in use`,
    advice: `stop what listens there, or set ${variable}`,
  };
}

/**
 * @param {string} variable
 * @param {{ address: string, isReachable: boolean }} server one whose URL is set
 * @returns {Finding}
 */
export function judgeServer(variable, { address, isReachable }) {
  if (isReachable) return { state: 'good', what: `${variable}: ${address} answers` };
  return {
    state: 'bad',
    what: `${variable}: ${address} does not answer`,
    advice: `start that server, or unset ${variable}, so that npm start runs one`,
  };
}

const marks = { good: '✓', note: '!', bad: '✗' };

/**
 * @param {Finding[]} findings
 * @returns {{ text: string, code: number }} what is printed, and the exit code: 1 when a start would fail
 */
export function report(findings) {
  const lines = findings.map(
    ({ state, what, advice }) => `  ${marks[state]} ${what}${advice === undefined ? '' : `\n      → ${advice}`}`,
  );
  const bad = findings.filter(({ state }) => state === 'bad').length;
  const end =
    bad === 0
      ? 'Everything is there: npm start will work.'
      : `${bad} ${bad === 1 ? 'thing keeps' : 'things keep'} npm start from working: see the arrows.`;
  return { text: `${lines.join('\n')}\n\n${end}\n`, code: bad === 0 ? 0 : 1 };
}
