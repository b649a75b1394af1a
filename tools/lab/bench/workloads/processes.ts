import { setTimeout as sleep } from 'node:timers/promises';
import { callsPerSecond } from '../../load/throughput.ts';
import { residentMb } from '../../systems/processes.ts';
import type { System } from '../../systems/system.ts';
import { alternate, figureFrom } from '../alternate.ts';
import { measureImports } from '../cold.ts';
import type { Laboratory } from '../laboratory.ts';
import { localSystemsOf, register, type Workload } from './workload.ts';

/** Work in progress is done, and garbage may have been collected. */
const restMs = 3000;
/** How many users exist when a start is timed. */
const present = 20;

/** Runs the loads of the other workloads, so that the process has grown to what it needs. */
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
        goals: { peer: { of: 'ratio', atMost: 0.3 } },
      }),
    ];
  },
};

/** Starts a system, measures the time and stops it. */
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
    const { startOurs, startPeer, peerName } = laboratory;
    await laboratory.stopSystems();
    const starts: [string, () => Promise<System>][] = [['ours', () => startOurs('start')]];
    if (startPeer !== undefined) starts.push([peerName, () => startPeer('start')]);
    const contenders = starts.map(([name, begin]) => ({
      name,
      // The first start builds the system and creates its tables, topics and data.
      warm: () => timedStart(begin, (system) => register(laboratory, system, present)),
      run: () => timedStart(begin),
    }));
    return [
      figureFrom(await alternate(contenders, laboratory), {
        measure: 'seconds',
        title: 'start to ready',
        unit: 's',
        goals: { peer: { of: 'ratio', atMost: 0.15 } },
      }),
    ];
  },
};

export const importOfGet: Workload = {
  place: 'processes',
  async measure() {
    const times = await measureImports(['functions/users/get.ts']);
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
