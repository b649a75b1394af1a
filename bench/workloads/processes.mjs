import { setTimeout as sleep } from 'node:timers/promises';
import { alternate, figureFrom } from '../alternate.mjs';
import { measureImports } from '../cold/imports.mjs';
import { callsPerSecond } from '../http-load.mjs';
import { residentMb } from '../process-figures.mjs';
import { startOurSystem } from '../system/our-system.mjs';
import { preparePeer, startPeerSystem } from '../system/peer-system.mjs';
import { register } from './posts.mjs';
import { localSystemsOf } from './workload.mjs';

/** What was in hand is done, and garbage may have been collected. */
const restMs = 3000;
/** How many people are there when a start is timed. */
const present = 20;

/** @typedef {import('../laboratory.mjs').Laboratory} Laboratory */

/**
 * Everything that is asked for elsewhere, so that the process has grown to what it needs.
 * @param {Laboratory} laboratory
 * @param {import('../system/system.mjs').System} system
 */
const loadAndWeigh = async (laboratory, system) => {
  const { posts, gets, lists } = laboratory.sizes;
  await register(laboratory, system, posts);
  await callsPerSecond(system.base, { count: gets, call: () => ({ method: 'GET', path: '/api/users/1' }) });
  const path = '/api/users/?page=0&pageSize=20';
  await callsPerSecond(system.base, { count: lists, call: () => ({ method: 'GET', path }) });
  await sleep(restMs);
  return { MB: residentMb(system.pids()) };
};

/** @type {import('./workload.mjs').Workload} */
export const memory = {
  place: 'processes',
  async measure(laboratory) {
    const contenders = (await localSystemsOf(laboratory)).map((system) => ({
      name: system.name,
      run: () => loadAndWeigh(laboratory, system),
    }));
    return [
      figureFrom(await alternate(contenders, laboratory), {
        measure: 'MB',
        title: 'memory after the load',
        unit: 'MB',
        goals: { peer: { of: 'ratio', atMost: 1 / 3 } },
      }),
    ];
  },
};

/**
 * Starts a system, keeps the time, stops it.
 * @param {() => Promise<import('../system/system.mjs').System>} start
 * @param {(system: import('../system/system.mjs').System) => Promise<unknown>} [use]
 */
const timedStart = async (start, use) => {
  const system = await start();
  try {
    await use?.(system);
    return { seconds: system.startMs / 1000 };
  } finally {
    await system.stop();
  }
};

/** @type {import('./workload.mjs').Workload} */
export const start = {
  place: 'processes',
  async measure(laboratory) {
    const { servers, guard, peerCommand } = laboratory;
    await laboratory.stopSystems();
    const starts = { ours: () => startOurSystem({ servers, guard, variant: 'start', redis: 4 }) };
    if (peerCommand !== undefined) {
      await preparePeer(servers);
      Object.assign(starts, { peer: () => startPeerSystem({ servers, guard, command: peerCommand }) });
    }
    const contenders = Object.entries(starts).map(([name, begin]) => ({
      name,
      // The first one builds, makes tables and topics, and gets its data.
      warm: () => timedStart(begin, (system) => register(laboratory, system, present)),
      run: () => timedStart(begin),
    }));
    return [
      figureFrom(await alternate(contenders, laboratory), {
        measure: 'seconds',
        title: 'start to ready',
        unit: 's',
        goals: { peer: { of: 'ratio', atMost: 0.5 } },
      }),
    ];
  },
};

/** @type {import('./workload.mjs').Workload} */
export const importOfGet = {
  place: 'processes',
  async measure() {
    const times = await measureImports(['functions/users/get.ts'], 5);
    return [
      {
        title: "import of the get handler's bundle",
        unit: 'ms',
        values: times.get('functions/users/get.ts') ?? [],
        goal: { of: 'figure', atMost: 150 },
        references: [],
      },
    ];
  },
};
