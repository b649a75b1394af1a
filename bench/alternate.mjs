import { shortNumber } from './table.mjs';

/**
 * What one round has shown, by the measure's name.
 * @typedef {Readonly<Record<string, number>>} Shown
 *
 * @typedef {object} Contender
 * @property {string} name 'ours', or the reference's
 * @property {() => Promise<unknown>} [warm]
 * @property {() => Promise<Shown>} run
 *
 * @typedef {ReadonlyMap<string, readonly Shown[]>} Results by contender
 */

const describe = (/** @type {Shown} */ shown) =>
  Object.entries(shown)
    .map(([name, value]) => `${name} ${shortNumber(value)}`)
    .join(', ');

/**
 * Lets everybody warm up, then run in turn: A B A B, so that whatever else the machine does meets all of them.
 * @param {readonly Contender[]} contenders
 * @param {{ rounds: number, tell: (line: string) => void }} options
 * @returns {Promise<Results>}
 */
export const alternate = async (contenders, { rounds, tell }) => {
  for (const { warm } of contenders) await warm?.();
  /** @type {Map<string, Shown[]>} */
  const results = new Map(contenders.map(({ name }) => [name, []]));
  for (let round = 1; round <= rounds; round += 1) {
    for (const { name, run } of contenders) {
      const shown = await run();
      results.get(name)?.push(shown);
      tell(`round ${round} of ${rounds}, ${name}: ${describe(shown)}`);
    }
  }
  return results;
};

/**
 * One measure of all contenders as a figure.
 * @param {Results} results
 * @param {object} figure
 * @param {string} figure.measure
 * @param {string} figure.title
 * @param {string} figure.unit
 * @param {import('./figure.mjs').Goal} [figure.goal]
 * @param {Readonly<Record<string, import('./figure.mjs').Goal>>} [figure.goals] by reference
 * @returns {import('./figure.mjs').Figure}
 */
export const figureFrom = (results, { measure, title, unit, goal, goals = {} }) => {
  const valuesOf = (/** @type {readonly Shown[]} */ rounds) => rounds.flatMap((shown) => shown[measure] ?? []);
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
};
