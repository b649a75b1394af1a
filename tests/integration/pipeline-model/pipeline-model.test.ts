import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { notificationsTestDatabase, type TestDatabase, usersTestDatabase } from '#tests/helpers/databases.ts';
import { type Command, commands } from './commands.ts';
import { type Simulation, startSimulation } from './simulation.ts';
import { openWorld, type World } from './world.ts';

/** The number of histories: `MODEL_RUNS=2000 npm test -- tests/integration/pipeline-model`. */
const RUNS = Number(process.env['MODEL_RUNS'] ?? 12);
const MS_PER_RUN = 5000;

let databases: { users: TestDatabase; notifications: TestDatabase };
let simulation: Simulation;

beforeAll(async () => {
  process.env['POWERTOOLS_LOG_LEVEL'] = 'SILENT';
  const [users, notifications] = await Promise.all([usersTestDatabase(), notificationsTestDatabase()]);
  databases = { users, notifications };
  simulation = startSimulation();
});

afterAll(async () => {
  simulation.stop();
  await Promise.all([databases.users.drop(), databases.notifications.drop()]);
});

/** What must be true when no work is left. */
async function expectTheEnd({ observer, created, publications }: World): Promise<void> {
  const events = await observer.events();
  const deliveries = new Map((await observer.deliveries()).map((row) => [row.uuid, row]));
  expect(observer.violations).toEqual([]);
  expect(events.length).toBeGreaterThanOrEqual(created());
  for (const { uuid, event_state: state, generation, reason } of events) {
    const delivery = deliveries.get(uuid);
    const mails = observer.taken.filter((mail) => mail.uuid === uuid);
    expect(state, `${uuid} ends`).not.toBe('PROCESSING');
    expect(new Set(mails.map(({ messageId }) => messageId)).size).toBe(mails.length > 0 ? 1 : 0);
    expect(delivery?.status, `${uuid} is ${state}: ${reason}`).toBe(state === 'FINISHED' ? 'SENT' : 'FAILED');
    // An event that another producer interfered with may be mid-attempt when the operator requests a retry.
    const isForeign = observer.foreign.has(uuid) || observer.raised.has(uuid);
    const isOwed = generation > 0 && delivery?.status !== 'SENT' && !isForeign;
    if (isOwed) expect(observer.wasTriedSince(uuid)).toBe(true);
  }
  expect(events.every(({ uuid }) => publications(uuid) > 0)).toBe(true);
}

async function outcome({ observer }: World) {
  return {
    states: (await observer.events()).map(({ uuid, event_state: state }) => [uuid, state]),
    mails: observer.taken.length,
  };
}

async function expectNoStorm({ observer, publications }: World): Promise<void> {
  for (const { uuid, generation } of await observer.events()) {
    expect(publications(uuid)).toBeLessThanOrEqual(1 + generation + observer.faults.repetitions);
  }
}

async function happens(history: readonly Command[]): Promise<void> {
  const world = await openWorld(simulation, databases);
  try {
    for (const command of history) await world.run(command);
    await expectNoStorm(world);
    await world.drain();
    await expectTheEnd(world);
    const before = await outcome(world);
    await world.replay();
    await expectTheEnd(world);
    expect(await outcome(world)).toEqual(before);
  } finally {
    await world.stop();
  }
}

const HOUR: Command = { do: 'pass time', ms: 3_600_000 };
const FINISH: Command = { do: 'finish', process: 0 };

/** An event that the relay asks for only every few minutes by now, with its mail due. */
const WAITING: readonly Command[] = [
  { do: 'register', process: 0 },
  FINISH,
  ...Array.from({ length: 4 }, (): Command[] => [HOUR, { do: 'relay', process: 0 }, FINISH]).flat(),
  { do: 'mail answers', answer: 'away' },
  { do: 'consume', process: 0, pick: 0, limit: 10 },
  FINISH,
  { do: 'pass time', ms: 3000 },
];

describe('a sender that dies between SENT and the confirmation', () => {
  it('of an event that has waited long delays its end by 30 s at most', async () => {
    const world = await openWorld(simulation, databases);
    for (const command of WAITING) await world.run(command);
    await world.run({ do: 'deliver-due', process: 0 });
    const isPublishing = () => simulation.waiting().some(({ at }) => at === 'before publish confirmations');
    while (!isPublishing()) await world.run({ do: 'go on', pick: 0, times: 1 });
    await world.run({ do: 'crash', process: 0 });

    await world.drain();

    await expectTheEnd(world);
    expect((await world.observer.events())[0]).toMatchObject({ event_state: 'FINISHED' });
    await world.stop();
  });
});

describe('the pipeline', () => {
  it('loses nothing and repeats nothing, in any order of events', {
    timeout: 60_000 + RUNS * MS_PER_RUN,
  }, async () => {
    // Shrinking takes minutes: shorten a history by hand, with the printed seed.
    // A history that hangs fails with its seed.
    const limits = { timeout: 60_000, numRuns: RUNS, endOnFailure: true };
    await fc.assert(fc.asyncProperty(commands, happens), limits);
  });
});
