import type { Docker } from '../services/docker.ts';

/** One result. `note`: worth knowing, but a start works. `bad`: a start would fail. */
export type Finding = { state: 'good' | 'note' | 'bad'; what: string; advice?: string };

const gib = 1024 ** 3;
const leastFreeBytes = 2 * gib;
const leastMemoryBytes = 1.5 * gib;

function inGib(bytes: number) {
  return `${(bytes / gib).toFixed(1)} GiB`;
}

export function good(what: string): Finding {
  return { state: 'good', what };
}

export function note(what: string, advice: string): Finding {
  return { state: 'note', what, advice };
}

function bad(what: string, advice: string): Finding {
  return { state: 'bad', what, advice };
}

export function judgeDisk(freeBytes: number): Finding {
  const what = `disk: ${inGib(freeBytes)} free`;
  return freeBytes >= leastFreeBytes
    ? good(what)
    : bad(what, `free at least ${inGib(leastFreeBytes)} for servers and packages`);
}

export function judgeMemory(totalBytes: number): Finding {
  const what = `memory: ${inGib(totalBytes)}`;
  return totalBytes >= leastMemoryBytes
    ? good(what)
    : note(what, `running all servers here needs ${inGib(leastMemoryBytes)}`);
}

/** Judges a program that a server needs where no Docker engine answers. */
export function judgeProgram(
  label: string,
  { version, canInstall, mayUseDocker }: { version: string | undefined; canInstall: boolean; mayUseDocker: boolean },
): Finding {
  if (version !== undefined) return good(`${label}: ${version}`);
  return canInstall
    ? note(`${label}: missing`, 'npm start installs it with apt')
    : bad(
        `${label}: missing`,
        `install ${label}, ${mayUseDocker ? 'or start Docker, ' : ''}or set the URL of a server of your own`,
      );
}

/**
 * Judges a port that npm start will listen on.
 * @param port acceptedFrom: npm start accepts that this listens there; listener: the program, where the system names it
 */
export function judgePort(
  use: string,
  {
    port,
    variable,
    isTaken,
    acceptedFrom,
    listener,
  }: {
    port: number;
    variable: string;
    isTaken: boolean;
    acceptedFrom?: string | undefined;
    listener?: string | undefined;
  },
): Finding {
  const what = `port ${port} (${use})`;
  if (!isTaken) return good(`${what}: free`);
  if (acceptedFrom !== undefined) return good(`${what}: in use by ${acceptedFrom}`);
  return listener === undefined
    ? bad(`${what}: in use`, `stop the process that listens there, or set ${variable}`)
    : bad(`${what}: in use by ${listener}`, `stop it, or set ${variable}`);
}

/** @param variable the one that sets the server's address */
export function judgeServer(
  variable: string,
  { address, isReachable }: { address: string; isReachable: boolean },
): Finding {
  return isReachable
    ? good(`${variable}: ${address} answers`)
    : bad(
        `${variable}: ${address} does not answer`,
        `start that server, or unset ${variable} so that npm start runs one`,
      );
}

const marks = { good: '✓', note: '!', bad: '✗' };

/** @returns the text to print, and the exit code: 1 when a start would fail */
export function report(findings: Finding[]): { text: string; code: number } {
  const lines = findings.map(
    ({ state, what, advice }) => `  ${marks[state]} ${what}${advice === undefined ? '' : `\n      → ${advice}`}`,
  );
  const count = findings.filter(({ state }) => state === 'bad').length;
  const end =
    count === 0
      ? 'No problem found: npm start will work.'
      : `${count} ${count === 1 ? 'problem prevents' : 'problems prevent'} npm start from working: see the arrows.`;
  return { text: `${lines.join('\n')}\n\n${end}\n`, code: count === 0 ? 0 : 1 };
}

/** An engine that the doctor recognises. */
export type Engine = 'desktop' | 'colima' | 'podman' | 'dockerd';

const startAdvice: Readonly<Record<Engine, string>> = {
  desktop: 'start Docker Desktop: open -a Docker',
  colima: 'start Colima: colima start',
  podman:
    "let docker use Podman's socket: systemctl --user start podman.socket (on macOS: podman machine start), then export DOCKER_HOST=unix://$(podman info --format '{{.Host.RemoteSocket.Path}}')",
  dockerd: 'start the engine: sudo systemctl start docker',
};

/**
 * @param options mayUse: NO_DOCKER is not set; hasCli: the program `docker` is installed; installed: engines on this machine,
 *   the likeliest first
 */
export function judgeDocker(
  { hasEngine, problem }: Docker,
  { mayUse, hasCli, installed }: { mayUse: boolean; hasCli: boolean; installed: readonly Engine[] },
): Finding {
  if (!mayUse) return good('Docker: NO_DOCKER is set, the servers run as programs');
  if (problem !== undefined) return note(`Docker: ${problem.what}`, `${problem.advice}, or set NO_DOCKER=1`);
  if (hasEngine) return good('Docker: an engine answers, the servers run in containers');
  const what = 'Docker: no engine answers, the servers run as programs';
  const [engine] = installed;
  if (engine === undefined) return { state: 'note', what };
  // Docker Desktop brings it along.
  if (hasCli || engine === 'desktop') return note(what, startAdvice[engine]);
  const cli = `install the docker CLI with Compose${engine === 'podman' ? ' (or podman-docker)' : ''}`;
  return note(what, `${cli}, then ${startAdvice[engine]}`);
}
