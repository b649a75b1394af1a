import { alternate, type Contender, figureFrom } from '../alternate.ts';
import { callOnce, callsPerSecond } from '../http-load.ts';
import type { Laboratory } from '../laboratory.ts';
import { bareHttp } from '../raw/bare-http.ts';
import { redisAlone } from '../raw/redis-get.ts';
import type { System } from '../system/system.ts';
import { register } from './posts.ts';
import { systemsOf, type Workload } from './workload.ts';

const pageSize = 20;
const spreadOver = 200;
const listPath = `/api/users/?page=0&pageSize=${pageSize}`;

async function readPage({ base }: System, page: number) {
  const path = `/api/users/?page=${page}&pageSize=${pageSize}`;
  return JSON.parse(await callOnce(base, { method: 'GET', path }));
}

/** The ids of the first users; there are enough afterwards. The peer does not tell them: it counts from 1. */
async function idsOf(laboratory: Laboratory, system: System): Promise<number[]> {
  const { totalElements } = await readPage(system, 0);
  if (totalElements < spreadOver) await register(laboratory, system, spreadOver - totalElements);
  const ids: number[] = [];
  for (let page = 0; page < spreadOver / pageSize; page += 1) {
    const { content } = await readPage(system, page);
    for (const { id } of content) ids.push(id ?? ids.length + 1);
  }
  return ids;
}

function reading(system: System, count: number, pathOf: (index: number) => string): Contender {
  const call = (index: number) => ({ method: 'GET', path: pathOf(index) });
  const run = async () => ({ 'per second': await callsPerSecond(system.base, { count, call }) });
  return { name: system.name, warm: run, run };
}

async function readFigure(
  laboratory: Laboratory,
  {
    title,
    count,
    paths,
    atLeast,
    raw = [],
  }: {
    title: string;
    count: number;
    paths: (ids: readonly number[]) => (index: number) => string;
    /** of the peer's */
    atLeast: number;
    raw?: readonly Contender[];
  },
) {
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
  const goals = { peer: { of: 'ratio', atLeast } as const };
  return [figureFrom(results, { measure: 'per second', title, unit: '/s', goals })];
}

export const getOne: Workload = {
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

export const getSpread: Workload = {
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

export const list: Workload = {
  place: 'HTTP',
  measure: (laboratory) =>
    readFigure(laboratory, {
      title: `list of ${pageSize}`,
      count: laboratory.sizes.lists,
      paths: () => () => listPath,
      atLeast: 4,
    }),
};
