import { shortNumber } from '../statistics.ts';
import { processorMs } from '../systems/processes.ts';
import type { Figure, Goal } from './figure.ts';

/** The results of one round, by the measure's name. */
export type Shown = Readonly<Record<string, number>>;

export interface Contender {
  /** 'ours', or the reference's */
  name: string;
  warm?: () => Promise<unknown>;
  run: () => Promise<Shown>;
}

/** by contender */
export type Results = ReadonlyMap<string, readonly Shown[]>;

function describe(shown: Shown) {
  return Object.entries(shown)
    .map(([name, value]) => `${name} ${shortNumber(value)}`)
    .join(', ');
}

/** Warms up all contenders, then runs them in turns, A B A B, so that other work on the machine slows all of them. */
export async function alternate(
  contenders: readonly Contender[],
  { rounds, tell }: { rounds: number; tell: (line: string) => void },
): Promise<Results> {
  for (const { warm } of contenders) await warm?.();
  const results: Map<string, Shown[]> = new Map(contenders.map(({ name }) => [name, []]));
  for (let round = 1; round <= rounds; round += 1) {
    for (const { name, run } of contenders) {
      const shown = await run();
      results.get(name)?.push(shown);
      tell(`round ${round} of ${rounds}, ${name}: ${describe(shown)}`);
    }
  }
  return results;
}

/** How one measure of all contenders becomes a figure. */
export type FigureOptions = Pick<Figure, 'title' | 'unit' | 'goal'> & {
  measure: string;
  /** by reference */
  goals?: Readonly<Record<string, Goal>>;
};

/** Where the peer has a goal, this application has to be no worse than on another Node. */
function goalFor(name: string, goals: Readonly<Record<string, Goal>>): Goal | undefined {
  const { [name]: own, peer } = goals;
  if (own !== undefined || peer === undefined || !name.startsWith('Node ')) return own;
  return 'atLeast' in peer ? { of: 'ratio', atLeast: 1 } : { of: 'ratio', atMost: 1 };
}

export function figureFrom(results: Results, { measure, title, unit, goal, goals = {} }: FigureOptions): Figure {
  const valuesOf = (rounds: readonly Shown[]) => rounds.flatMap((shown) => shown[measure] ?? []);
  const references = [...results]
    .filter(([name]) => name !== 'ours')
    .map(([name, rounds]) => ({ name, values: valuesOf(rounds), goal: goalFor(name, goals) }))
    .filter(({ values }) => values.length > 0);
  return { title, unit, values: valuesOf(results.get('ours') ?? []), goal, references };
}

/** Makes a figure of each measure. */
export function figuresFrom(results: Results, describeMeasure: (measure: string) => Omit<FigureOptions, 'measure'>) {
  const measures = Object.keys(results.get('ours')?.[0] ?? {});
  return measures.map((measure) => figureFrom(results, { measure, ...describeMeasure(measure) }));
}

const cpuMeasure = 'CPU, ms each';

/**
 * Adds the processor time of one operation to what a contender measures.
 * @param pids default: this process, in which the bare clients run
 */
export async function withCpu(
  count: number,
  run: () => Promise<Shown>,
  pids: () => readonly number[] = () => [process.pid],
): Promise<Shown> {
  const before = processorMs(pids());
  const shown = await run();
  return { ...shown, [cpuMeasure]: (processorMs(pids()) - before) / count };
}

export interface Efficiency {
  title: string;
  /** The bare clients that do the same work, and how often per operation. */
  parts: Readonly<Record<string, number>>;
  atLeast: number;
}

/** The processor time of the bare clients divided by ours, per round. Does not depend on the number of cores. */
export function efficiencyFrom(results: Results, { title, parts, atLeast }: Efficiency): Figure {
  const cpuOf = (name: string, round: number) => results.get(name)?.[round]?.[cpuMeasure] ?? Number.NaN;
  const values = (results.get('ours') ?? []).map((_, round) => {
    const bare = Object.entries(parts).reduce((sum, [name, times]) => sum + times * cpuOf(name, round), 0);
    return bare / cpuOf('ours', round);
  });
  return { title: `efficiency, ${title}`, unit: '×', values, goal: { of: 'figure', atLeast }, references: [] };
}

/** Runs contenders in turns and compares how much they do per second. */
export async function compareRates(
  contenders: readonly Contender[],
  how: { rounds: number; tell: (line: string) => void },
  title: string,
  goals: Readonly<Record<string, Goal>> = {},
  efficiency?: Omit<Efficiency, 'title'>,
): Promise<Figure[]> {
  const results = await alternate(contenders, how);
  const rates = figureFrom(results, { measure: 'per second', title, unit: '/s', goals });
  return efficiency === undefined ? [rates] : [rates, efficiencyFrom(results, { title, ...efficiency })];
}

/**
 * Does a piece of work `count` times, with a limited number at once.
 * @returns how many per second
 */
export async function perSecond(
  count: number,
  work: (index: number) => Promise<unknown>,
  concurrency: number = 16,
): Promise<number> {
  let next = 0;
  const worker = async () => {
    while (next < count) {
      next += 1;
      await work(next - 1);
    }
  };
  const started = performance.now();
  await Promise.all(Array.from({ length: concurrency }, worker));
  return (count / (performance.now() - started)) * 1000;
}
