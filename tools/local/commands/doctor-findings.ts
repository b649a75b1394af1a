/** One result. `note`: worth knowing, but a start works. `bad`: a start would fail. */
export type Finding = { state: 'good' | 'note' | 'bad'; what: string; advice?: string };

const gib = 1024 ** 3;
const leastFreeBytes = 2 * gib;
const leastMemoryBytes = 1.5 * gib;

function inGib(bytes: number) {
  return `${(bytes / gib).toFixed(1)} GiB`;
}

export function judgeDisk(freeBytes: number): Finding {
  const what = `disk: ${inGib(freeBytes)} free`;
  return freeBytes >= leastFreeBytes
    ? { state: 'good', what }
    : { state: 'bad', what, advice: `free at least ${inGib(leastFreeBytes)} for servers and packages` };
}

export function judgeMemory(totalBytes: number): Finding {
  const what = `memory: ${inGib(totalBytes)}`;
  return totalBytes >= leastMemoryBytes
    ? { state: 'good', what }
    : { state: 'note', what, advice: `running all servers here needs ${inGib(leastMemoryBytes)}` };
}

/** Judges a program that a server needs where no Docker engine answers. */
export function judgeProgram(
  label: string,
  { version, canInstall }: { version: string | undefined; canInstall: boolean },
): Finding {
  if (version !== undefined) return { state: 'good', what: `${label}: ${version}` };
  return canInstall
    ? { state: 'note', what: `${label}: missing`, advice: 'npm start installs it with apt' }
    : {
        state: 'bad',
        what: `${label}: missing`,
        advice: `install ${label}, or start Docker, or set the URL of a server of your own`,
      };
}

/** @param port isOurs: npm start is running here */
export function judgePort(
  use: string,
  { port, variable, isTaken, isOurs }: { port: number; variable: string; isTaken: boolean; isOurs: boolean },
): Finding {
  if (!isTaken) return { state: 'good', what: `port ${port} (${use}): free` };
  if (isOurs) return { state: 'good', what: `port ${port} (${use}): in use by npm start` };
  return {
    state: 'bad',
    what: `port ${port} (${use}): in use`,
    advice: `stop the process that listens there, or set ${variable}`,
  };
}

/** @param variable the one that sets the server's address */
export function judgeServer(
  variable: string,
  { address, isReachable }: { address: string; isReachable: boolean },
): Finding {
  if (isReachable) return { state: 'good', what: `${variable}: ${address} answers` };
  return {
    state: 'bad',
    what: `${variable}: ${address} does not answer`,
    advice: `start that server, or unset ${variable} so that npm start runs one`,
  };
}

const marks = { good: '✓', note: '!', bad: '✗' };

/** @returns the text to print, and the exit code: 1 when a start would fail */
export function report(findings: Finding[]): { text: string; code: number } {
  const lines = findings.map(
    ({ state, what, advice }) => `  ${marks[state]} ${what}${advice === undefined ? '' : `\n      → ${advice}`}`,
  );
  const bad = findings.filter(({ state }) => state === 'bad').length;
  const end =
    bad === 0
      ? 'No problem found: npm start will work.'
      : `${bad} ${bad === 1 ? 'problem prevents' : 'problems prevent'} npm start from working: see the arrows.`;
  return { text: `${lines.join('\n')}\n\n${end}\n`, code: bad === 0 ? 0 : 1 };
}
