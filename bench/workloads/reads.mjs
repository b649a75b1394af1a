import { alternate, figureFrom } from '../alternate.mjs';
import { callOnce, callsPerSecond } from '../http-load.mjs';
import { bareHttp } from '../raw/bare-http.mjs';
import { redisAlone } from '../raw/redis-get.mjs';
import { register } from './posts.mjs';
import { systemsOf } from './workload.mjs';

const pageSize = 20;
const spreadOver = 200;
const listPath = `/api/users/?page=0&pageSize=${pageSize}`;

/**
 * @typedef {import('../system/system.mjs').System} System
 * @typedef {import('../laboratory.mjs').Laboratory} Laboratory
 */

/** @param {System} system @param {number} page */
const readPage = async ({ base }, page) => {
  const path = `/api/users/?page=${page}&pageSize=${pageSize}`;
  return JSON.parse(await callOnce(base, { method: 'GET', path }));
};

/**
 * The ids of the first users; there are enough afterwards. The peer does not tell them: it counts from 1.
 * @param {Laboratory} laboratory
 * @param {System} system
 * @returns {Promise<number[]>}
 */
const idsOf = async (laboratory, system) => {
  const { totalElements } = await readPage(system, 0);
  if (totalElements < spreadOver) await register(laboratory, system, spreadOver - totalElements);
  /** @type {number[]} */
  const ids = [];
  for (let page = 0; page < spreadOver / pageSize; page += 1) {
    const { content } = await readPage(system, page);
    for (const { id } of content) ids.push(id ?? ids.length + 1);
  }
  return ids;
};

/**
 * @param {System} system
 * @param {number} count
 * @param {(index: number) => string} pathOf
 * @returns {import('../alternate.mjs').Contender}
 */
const reading = (system, count, pathOf) => {
  const call = (/** @type {number} */ index) => ({ method: 'GET', path: pathOf(index) });
  const run = async () => ({ 'per second': await callsPerSecond(system.base, { count, call }) });
  return { name: system.name, warm: run, run };
};

/**
 * @param {Laboratory} laboratory
 * @param {object} what
 * @param {string} what.title
 * @param {number} what.count
 * @param {(ids: readonly number[]) => (index: number) => string} what.paths
 * @param {number} what.atLeast of the peer's
 * @param {readonly import('../alternate.mjs').Contender[]} [what.raw]
 */
const readFigure = async (laboratory, { title, count, paths, atLeast, raw = [] }) => {
  const { ours, all } = await systemsOf(laboratory, 'production');
  const contenders = [];
  let bare = ours.base;
  for (const system of all) {
    const pathOf = paths(await idsOf(laboratory, system));
    if (system === ours) bare = pathOf(0);
    contenders.push(reading(system, count, pathOf));
  }
  const alone = bareHttp(laboratory.guard, { from: ours.base, path: bare, count });
  const results = await alternate([...contenders, ...raw, alone], laboratory);
  const goals = { peer: /** @type {const} */ ({ of: 'ratio', atLeast }) };
  return [figureFrom(results, { measure: 'per second', title, unit: '/s', goals })];
};

/** @type {import('./workload.mjs').Workload} */
export const getOne = {
  place: 'HTTP',
  measure: (laboratory) =>
    readFigure(laboratory, {
      title: 'GET one cached user',
      count: laboratory.sizes.gets,
      paths:
        ([first]) =>
        () =>
          `/api/users/${first}`,
      atLeast: 1.3,
      raw: [redisAlone(laboratory.servers, laboratory.sizes.rawSteps)],
    }),
};

/** @type {import('./workload.mjs').Workload} */
export const getSpread = {
  place: 'HTTP',
  measure: (laboratory) =>
    readFigure(laboratory, {
      title: `GET spread over ${spreadOver} users`,
      count: laboratory.sizes.gets,
      paths: (ids) => (index) => `/api/users/${ids[index % ids.length]}`,
      atLeast: 1.1,
      raw: [redisAlone(laboratory.servers, laboratory.sizes.rawSteps)],
    }),
};

/** @type {import('./workload.mjs').Workload} */
export const list = {
  place: 'HTTP',
  measure: (laboratory) =>
    readFigure(laboratory, {
      title: `list of ${pageSize}`,
      count: laboratory.sizes.lists,
      paths: () => () => listPath,
      atLeast: 4,
    }),
};
