import { markdownTable, textTable } from '#tools/local/cli/tables.ts';
import { median, shortNumber } from '../statistics.ts';

/** What a figure has to reach. `of: 'ratio'`: ours divided by the reference's; `of: 'figure'`: ours alone. */
export type Goal = { of: 'ratio' | 'figure'; atLeast?: number; atMost?: number };

export interface Reference {
  name: string;
  /** one for each round */
  values: readonly number[];
  goal?: Goal | undefined;
}

export interface Figure {
  title: string;
  unit: string;
  /** ours, one for each round */
  values: readonly number[];
  /** of ours alone */
  goal?: Goal | undefined;
  /** what it was measured beside, in the same rounds */
  references: readonly Reference[];
}

export type Row = ReturnType<typeof rowOf>;

/** @returns undefined without a goal, or without the figure that it is about */
export function judge(
  goal: Goal | undefined,
  found: { figure: number | undefined; ratio: number | undefined },
): boolean | undefined {
  const value = goal && found[goal.of];
  if (value === undefined) return undefined;
  const { atLeast = Number.NEGATIVE_INFINITY, atMost = Number.POSITIVE_INFINITY } = goal ?? {};
  return value >= atLeast && value <= atMost;
}

/** A row of medians. */
function rowOf({ title, unit, values }: Figure, goal: Goal | undefined, reference?: Reference) {
  const ours = median(values);
  const theirs = median(reference?.values ?? []);
  const ratio = ours === undefined || theirs === undefined || theirs === 0 ? undefined : ours / theirs;
  const isMet = judge(goal, { figure: ours, ratio });
  return { title, unit, ours, reference: reference?.name, theirs, ratio, goal, isMet };
}

/** A row for the figure's own goal, if it has one, and one for each reference. */
export function rowsOf(figure: Figure): Row[] {
  const beside = figure.references.map((reference) => rowOf(figure, reference.goal, reference));
  return figure.goal !== undefined || beside.length === 0 ? [rowOf(figure, figure.goal), ...beside] : beside;
}

function withUnit(value: number | undefined, unit: string) {
  return value === undefined ? '–' : `${shortNumber(value)} ${unit}`.trim();
}

function goalOf({ goal, unit }: Row) {
  if (goal === undefined) return '–';
  const [sign, value] = goal.atLeast === undefined ? ['≤', goal.atMost] : ['≥', goal.atLeast];
  return `${sign} ${withUnit(value, goal.of === 'ratio' ? '×' : unit)}`;
}

function linesOf(rows: readonly Row[]) {
  const cells = rows.map((row) => [
    row.title,
    withUnit(row.ours, row.unit),
    row.reference ?? '–',
    withUnit(row.theirs, row.unit),
    row.ratio === undefined ? '–' : `${row.ratio.toFixed(2)} ×`,
    goalOf(row),
    row.isMet === undefined ? '–' : row.isMet ? 'met' : 'not met',
  ]);
  return [['figure', 'ours', 'reference', 'its figure', 'ratio', 'goal', 'met'], ...cells];
}

export function toMarkdown(rows: readonly Row[]) {
  return markdownTable(linesOf(rows));
}

export function toText(rows: readonly Row[]) {
  return textTable(linesOf(rows));
}

export function summaryLine(rows: readonly Row[]) {
  const judged = rows.filter(({ isMet }) => isMet !== undefined);
  return `${judged.filter(({ isMet }) => isMet).length} of ${judged.length} goals met`;
}
