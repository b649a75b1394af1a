import { parseArgs } from 'node:util';

/** The projects of `npm test`; vitest.config.ts has more, each with its own script. */
const DEFAULT_PROJECTS = ['unit', 'property', 'integration', 'system', 'chaos'];
const UNIT_PROJECTS = ['unit', 'property'];
const UNIT_FILE = /(^|\/)tests\/(unit|property)(\/|$)/;

export interface Selection {
  readonly projects: readonly string[];
  /** Arguments for vitest. */
  readonly rest: readonly string[];
}

/**
 * Reads `--project` from the arguments of `npm test`. Without it, files of the unit and property tests select those two
 * projects; everything else selects the default ones.
 */
export function readProjects(args: readonly string[]): Selection {
  const options = { project: { type: 'string', multiple: true } } as const;
  // Not strict: the other options are vitest's.
  const { tokens } = parseArgs({ args: [...args], options, strict: false, allowPositionals: true, tokens: true });
  const projects: string[] = [];
  const ours = new Set<number>();
  for (const token of tokens) {
    if (token.kind !== 'option' || token.name !== 'project') continue;
    projects.push(token.value ?? '');
    ours.add(token.index);
    if (token.inlineValue !== true) ours.add(token.index + 1);
  }
  const rest = args.filter((_, index) => !ours.has(index));
  if (projects.length > 0) return { projects, rest };
  const files = rest.filter((arg) => !arg.startsWith('-') && arg.includes('/'));
  const isUnitOnly = files.length > 0 && files.every((file) => UNIT_FILE.test(file));
  return { projects: isUnitOnly ? UNIT_PROJECTS : DEFAULT_PROJECTS, rest };
}

/** Whether `npm test` starts servers for a project; the docker tests start their own. */
export function needsServers(project: string): boolean {
  return ![...UNIT_PROJECTS, 'docker'].includes(project);
}
