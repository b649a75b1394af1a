import type { Figure, Goal } from './figure.ts';
import { shortNumber } from './table.ts';

/** What one round has shown, by the measure's name. */
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

/** Lets everybody warm up, then run in turn: A B A B, so that whatever else the machine does meets all of them. */
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

/** One measure of all contenders as a figure. */
export function figureFrom(
  results: Results,
  {
    measure,
    title,
    unit,
    goal,
    goals = {},
  }: {
    measure: string;
    title: string;
    unit: string;
    goal?: Goal;
    /** by reference */
    goals?: Readonly<Record<string, Goal>>;
  },
): Figure {
  const valuesOf = (rounds: readonly Shown[]) => rounds.flatMap((shown) => shown[measure] ?? []);
  const others = [...results].filter(([name]) => name !== 'ours');
  return {
    title,
    unit,
    values: valuesOf(results.get('ours') ?? []),
    ...(goal === undefined ? {} : { goal }),
    references: others
      .map(([name, rounds]) => {
        const wanted = goals[name];
        return { name, values: valuesOf(rounds), ...(wanted === undefined ? {} : { goal: wanted }) };
      })
      .filter(({ values }) => values.length > 0),
  };
}
