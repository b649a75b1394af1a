/** What was found about one thing. `note`: nothing is wrong, but it is good to know. `bad`: a start would fail. */
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
    : { state: 'bad', what, advice: `free at least ${inGib(leastFreeBytes)}: servers and packages need that much` };
}

export function judgeMemory(totalBytes: number): Finding {
  const what = `memory: ${inGib(totalBytes)}`;
  return totalBytes >= leastMemoryBytes
    ? { state: 'good', what }
    : { state: 'note', what, advice: `${inGib(leastMemoryBytes)} are needed when all servers run here` };
}

/** A program that a server needs, where no Docker engine answers. */
export function judgeProgram(
  label: string,
  { version, canInstall }: { version: string | undefined; canInstall: boolean },
): Finding {
  if (version !== undefined) return { state: 'good', what: `${label}: ${version}` };
  return canInstall
    ? { state: 'note', what: `${label}: not there`, advice: 'npm start installs it with apt' }
    : {
        state: 'bad',
        what: `${label}: not there`,
        advice: `install ${label}, or start Docker, or set the URL of a server of your own`,
      };
}

/** @param port isOurs: npm start runs here */
export function judgePort(
  use: string,
  { port, variable, isTaken, isOurs }: { port: number; variable: string; isTaken: boolean; isOurs: boolean },
): Finding {
  if (!isTaken) return { state: 'good', what: `port ${port} (${use}): free` };
  if (isOurs) return { state: 'good', what: `port ${port} (${use}): in use while npm start runs` };
  return {
    state: 'bad',
    what: `port ${port} (${use}): in use`,
    advice: `stop what listens there, or set ${variable}`,
  };
}

/** @param server one whose URL is set */
export function judgeServer(
  variable: string,
  { address, isReachable }: { address: string; isReachable: boolean },
): Finding {
  if (isReachable) return { state: 'good', what: `${variable}: ${address} answers` };
  return {
    state: 'bad',
    what: `${variable}: ${address} does not answer`,
    advice: `start that server, or unset ${variable}, so that npm start runs one`,
  };
}

const marks = { good: '✓', note: '!', bad: '✗' };

/** @returns what is printed, and the exit code: 1 when a start would fail */
export function report(findings: Finding[]): { text: string; code: number } {
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
