/** What `npm test` runs; the other projects of vitest.config.ts have a script each. */
const DEFAULT_PROJECTS = ['unit', 'property', 'integration', 'system', 'chaos'];
const WITHOUT_SERVERS = ['unit', 'property'];
const UNIT_FILE = /(^|\/)tests\/(unit|property)(\/|$)/;

export interface Selection {
  readonly projects: readonly string[];
  /** Arguments for vitest. */
  readonly rest: readonly string[];
}

/**
 * Reads `--project` from the arguments of `npm test`. Without it, files of the unit and property tests select those two
 * projects, and everything else selects the default ones.
 */
export function readProjects(args: readonly string[]): Selection {
  const projects: string[] = [];
  const rest: string[] = [];
  for (let index = 0; index < args.length; index += 1) {
    const arg = args[index] ?? '';
    if (arg === '--project') projects.push(args[++index] ?? '');
    else if (arg.startsWith('--project=')) projects.push(arg.slice('--project='.length));
    else rest.push(arg);
  }
  if (projects.length > 0) return { projects, rest };
  const files = rest.filter((arg) => !arg.startsWith('-') && arg.includes('/'));
  const isUnitOnly = files.length > 0 && files.every((file) => UNIT_FILE.test(file));
  return { projects: isUnitOnly ? WITHOUT_SERVERS : DEFAULT_PROJECTS, rest };
}

export function needsServers(project: string): boolean {
  return !WITHOUT_SERVERS.includes(project);
}
