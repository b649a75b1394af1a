import { setTimeout as sleep } from 'node:timers/promises';
import { alternate, figureFrom } from '../alternate.ts';
import { measureImports } from '../cold/imports.ts';
import { callsPerSecond } from '../http-load.ts';
import type { Laboratory } from '../laboratory.ts';
import { residentMb } from '../process-figures.ts';
import { startOurSystem } from '../system/our-system.ts';
import { preparePeer, startPeerSystem } from '../system/peer-system.ts';
import type { System } from '../system/system.ts';
import { register } from './posts.ts';
import { localSystemsOf, type Workload } from './workload.ts';

/** What was in hand is done, and garbage may have been collected. */
const restMs = 3000;
/** How many people are there when a start is timed. */
const present = 20;

/** Everything that is asked for elsewhere, so that the process has grown to what it needs. */
async function loadAndWeigh(laboratory: Laboratory, system: System) {
  const { posts, gets, lists } = laboratory.sizes;
  await register(laboratory, system, posts);
  await callsPerSecond(system.base, { count: gets, call: () => ({ method: 'GET', path: '/api/users/1' }) });
  const path = '/api/users/?page=0&pageSize=20';
  await callsPerSecond(system.base, { count: lists, call: () => ({ method: 'GET', path }) });
  await sleep(restMs);
  return { MB: residentMb(system.pids()) };
}

export const memory: Workload = {
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

/** Starts a system, keeps the time, stops it. */
async function timedStart(start: () => Promise<System>, use?: (system: System) => Promise<unknown>) {
  const system = await start();
  try {
    await use?.(system);
    return { seconds: system.startMs / 1000 };
  } finally {
    await system.stop();
  }
}

export const start: Workload = {
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

export const importOfGet: Workload = {
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
