/** What a figure has to be. `of: 'ratio'`: ours divided by the reference's; `of: 'figure'`: ours alone. */
export type Goal = { of: 'ratio' | 'figure'; atLeast?: number; atMost?: number };

export interface Reference {
  name: string;
  /** one for each round */
  values: readonly number[];
  goal?: Goal;
}

export interface Figure {
  title: string;
  unit: string;
  /** ours, one for each round */
  values: readonly number[];
  /** of ours alone */
  goal?: Goal;
  /** what it was measured beside, in the same rounds */
  references: readonly Reference[];
}

export interface Row {
  title: string;
  unit: string;
  /** the median */
  ours: number | undefined;
  reference: string | undefined;
  /** the median */
  theirs: number | undefined;
  ratio: number | undefined;
  goal: Goal | undefined;
  /** undefined without a goal, or without figures to judge it by */
  isMet: boolean | undefined;
}

/** @returns undefined without values */
export function median(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.floor((sorted.length - 1) / 2)];
  return upper === undefined || lower === undefined ? undefined : (lower + upper) / 2;
}

export function judge(
  goal: Goal | undefined,
  found: { figure: number | undefined; ratio: number | undefined },
): boolean | undefined {
  const value = goal && found[goal.of];
  if (value === undefined) return undefined;
  const { atLeast = Number.NEGATIVE_INFINITY, atMost = Number.POSITIVE_INFINITY } = goal ?? {};
  return value >= atLeast && value <= atMost;
}

/** A row for the figure's own goal, if it has one, and one for each reference. */
export function rowsOf({ title, unit, values, goal, references }: Figure): Row[] {
  const ours = median(values);
  const alone = {
    title,
    unit,
    ours,
    reference: undefined,
    theirs: undefined,
    ratio: undefined,
    goal,
    isMet: judge(goal, { figure: ours, ratio: undefined }),
  };
  const beside = references.map(({ name, values: others, goal: wanted }) => {
    const theirs = median(others);
    const ratio = ours === undefined || theirs === undefined || theirs === 0 ? undefined : ours / theirs;
    const isMet = judge(wanted, { figure: ours, ratio });
    return { title, unit, ours, reference: name, theirs, ratio, goal: wanted, isMet };
  });
  return goal !== undefined || beside.length === 0 ? [alone, ...beside] : beside;
}
