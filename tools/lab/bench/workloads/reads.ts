import { type Call, fetchText } from '../../load/http.ts';
import { callsPerSecond } from '../../load/throughput.ts';
import type { System } from '../../systems/system.ts';
import { type Contender, compareRates, withCpu } from '../alternate.ts';
import type { Laboratory } from '../laboratory.ts';
import { bareHttp } from '../raw/bare-http.ts';
import { redisAlone } from '../raw/clients.ts';
import { register, systemsOf, type Workload } from './workload.ts';

const pageSize = 20;
const spreadOver = 200;

function pagePath(page: number) {
  return `/api/users/?page=${page}&pageSize=${pageSize}`;
}

/** Makes sure that there are enough users and returns their ids. The peer returns none: it counts from 1. */
async function idsOf(laboratory: Laboratory, system: System): Promise<number[]> {
  const { totalElements } = JSON.parse(await fetchText(system.base, { method: 'GET', path: pagePath(0) }));
  if (totalElements < spreadOver) await register(laboratory, system, spreadOver - totalElements);
  const ids: number[] = [];
  for (let page = 0; page < spreadOver / pageSize; page += 1) {
    const { content } = JSON.parse(await fetchText(system.base, { method: 'GET', path: pagePath(page) }));
    for (const { id } of content) ids.push(id ?? ids.length + 1);
  }
  return ids;
}

function reading(system: System, count: number, pathOf: (index: number) => string): Contender {
  const call = (index: number): Call => ({ method: 'GET', path: pathOf(index) });
  const run = async () => ({ 'per second': await callsPerSecond(system.base, { count, call }) });
  return { name: system.name, warm: run, run: () => withCpu(count, run, system.pids) };
}

interface Read {
  title: string;
  count: number;
  paths: (ids: readonly number[]) => (index: number) => string;
  /** of the peer's rate */
  atLeast: number;
  raw?: readonly Contender[];
  /** of the bare clients' processor time */
  efficiency?: number;
}

/** What a cached read needs at least. */
const readParts = { 'node:http alone': 1, 'ioredis GET': 1 };

async function readFigure(laboratory: Laboratory, { title, count, paths, atLeast, raw = [], efficiency }: Read) {
  const { ours, all } = await systemsOf(laboratory, 'production');
  const contenders = [];
  let bare = ours.base;
  for (const system of all) {
    const pathOf = paths(await idsOf(laboratory, system));
    if (system === ours) bare = pathOf(0);
    contenders.push(reading(system, count, pathOf));
  }
  const alone = bareHttp(laboratory, { from: ours.base, path: bare, count });
  const goals = { peer: { of: 'ratio', atLeast } } as const;
  const wanted = efficiency === undefined ? undefined : { parts: readParts, atLeast: efficiency };
  return compareRates([...contenders, ...raw, alone], laboratory, title, goals, wanted);
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
      atLeast: 4,
      efficiency: 0.4,
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
      atLeast: 4,
      raw: [redisAlone(laboratory.servers, laboratory.sizes.rawSteps)],
    }),
};

export const list: Workload = {
  place: 'HTTP',
  measure: (laboratory) =>
    readFigure(laboratory, {
      title: `list of ${pageSize}`,
      count: laboratory.sizes.lists,
      paths: () => () => pagePath(0),
      atLeast: 4,
    }),
};
