/**
 * What a figure has to be. `of: 'ratio'`: ours divided by the reference's; `of: 'figure'`: ours alone.
 * @typedef {{ of: 'ratio' | 'figure', atLeast?: number, atMost?: number }} Goal
 *
 * @typedef {object} Reference
 * @property {string} name
 * @property {readonly number[]} values one for each round
 * @property {Goal} [goal]
 *
 * @typedef {object} Figure
 * @property {string} title
 * @property {string} unit
 * @property {readonly number[]} values ours, one for each round
 * @property {Goal} [goal] of ours alone
 * @property {readonly Reference[]} references what it was measured beside, in the same rounds
 *
 * @typedef {object} Row
 * @property {string} title
 * @property {string} unit
 * @property {number | undefined} ours the median
 * @property {string | undefined} reference
 * @property {number | undefined} theirs the median
 * @property {number | undefined} ratio
 * @property {Goal | undefined} goal
 * @property {boolean | undefined} isMet undefined without a goal, or without figures to judge it by
 */

/**
 * @param {readonly number[]} values
 * @returns {number | undefined} undefined without values
 */
export const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.floor((sorted.length - 1) / 2)];
  return upper === undefined || lower === undefined ? undefined : (lower + upper) / 2;
};

/**
 * @param {Goal | undefined} goal
 * @param {{ figure: number | undefined, ratio: number | undefined }} found
 * @returns {boolean | undefined}
 */
export const judge = (goal, found) => {
  const value = goal && found[goal.of];
  if (value === undefined) return undefined;
  const { atLeast = Number.NEGATIVE_INFINITY, atMost = Number.POSITIVE_INFINITY } = goal ?? {};
  return value >= atLeast && value <= atMost;
};

/**
 * A row for the figure's own goal, if it has one, and one for each reference.
 * @param {Figure} figure
 * @returns {Row[]}
 */
export const rowsOf = ({ title, unit, values, goal, references }) => {
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
};
