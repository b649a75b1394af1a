import { adaptiveLimit } from '#shared/async/adaptive-limit.ts';
import { circuitBreaker } from '#shared/async/circuit-breaker.ts';
import { pacer } from '#shared/async/pacer.ts';
import type { Database } from '#shared/db/database.ts';
import { newDeliveryMemory } from '#shared/notifications/delivery.ts';
import { notificationServicesWith } from '#shared/notifications/services.ts';
import { confirmEvents } from '#shared/outbox/confirm-events.ts';
import { publishSoon } from '#shared/outbox/publish-soon.ts';
import { recordDeadLetters } from '#shared/outbox/record-dead-letters.ts';
import { relayOutbox } from '#shared/outbox/relay-outbox.ts';
import { retryEvent } from '#shared/outbox/retry-event.ts';
import { registerUser } from '#shared/users/register-user.ts';
import type { TestDatabase } from '#tests/helpers/databases.ts';
import { simulatedDatabase } from './simulated-database.ts';
import type { Batch, SimulatedKafka, Topic } from './simulated-kafka.ts';
import type { SimulatedMail } from './simulated-mail.ts';
import type { Life, Simulation } from './simulation.ts';

export interface Surroundings {
  readonly simulation: Simulation;
  readonly users: TestDatabase;
  readonly notifications: TestDatabase;
  readonly kafka: SimulatedKafka;
  readonly mail: SimulatedMail;
}

const RETRY_HOURS = 48;
const RELAY_BUDGET = 500;
const API_MS = 10_000;
const CONSUMER_MS = 20_000;
const SCHEDULE_MS = 60_000;

function servicesOf(users: () => Promise<Database>, notifications: () => Promise<Database>, around: Surroundings) {
  const { kafka, mail } = around;
  const { publish } = kafka;
  const clock = () => performance.now();
  const soon = publishSoon({
    database: users,
    publish,
    breaker: circuitBreaker({ threshold: 3, probeAfterMs: 3000 }, clock),
  });
  const notification = notificationServicesWith({
    database: notifications,
    publish,
    sendMail: mail.sendMail,
    breaker: circuitBreaker({ threshold: 3, probeAfterMs: 1000 }, clock),
    limit: adaptiveLimit(8),
    pace: pacer(0, clock),
    memory: newDeliveryMemory(),
    retryHours: RETRY_HOURS,
  });
  return {
    register: registerUser({ database: users, hashPassword: async () => 'hash', publishSoon: soon }),
    relay: relayOutbox({ database: users, publish }),
    retry: retryEvent({ database: users, publishSoon: soon }),
    confirm: confirmEvents({ database: users, publish }),
    record: recordDeadLetters(users),
    ...notification,
  };
}

/** The functions of the pipeline. On Lambda each runs in processes of its own. */
export const FUNCTIONS = ['create', 'relay', 'retry', 'deliver-due', 'send', 'confirm', 'record'] as const;

export type FunctionName = (typeof FUNCTIONS)[number];

export const CONSUMERS: Readonly<Record<Topic, FunctionName>> = {
  'user.email.send': 'send',
  'user.email.sent': 'confirm',
  'user.email.send.dlq': 'record',
  'user.email.sent.dlq': 'record',
};

/** One process, which runs one function: the real services with their own pools and memory, until it crashes. */
export function startProcess(name: string, around: Surroundings, onReturn: (life: Life, remainingMs: number) => void) {
  const { simulation, users, notifications } = around;
  const life: Life = { name, isDead: false, diesInTransaction: false };
  const usersPool = simulatedDatabase(users.url, users.db, life, simulation);
  const notificationsPool = simulatedDatabase(notifications.url, notifications.db, life, simulation);
  const pools = [usersPool, notificationsPool];
  const services = servicesOf(
    async () => usersPool.db,
    async () => notificationsPool.db,
    around,
  );
  let underWay = 0;

  const start = (ms: number, run: (remainingMs: () => number) => Promise<unknown>): void => {
    const endsAt = simulation.elapsedMs() + ms;
    const remainingMs = () => endsAt - simulation.elapsedMs();
    underWay += 1;
    const returned = simulation
      .runAs(life, () => run(remainingMs))
      .then(
        () => true,
        () => false,
      );
    void returned.then((hasReturned) => {
      underWay -= 1;
      if (hasReturned) onReturn(life, remainingMs());
    });
  };
  const consumers = {
    'user.email.send': (batch: Batch, remainingMs: () => number) => services.receive(batch.records, remainingMs),
    'user.email.sent': (batch: Batch) => services.confirm(batch.records),
    'user.email.send.dlq': (batch: Batch) => services.record(batch.records),
    'user.email.sent.dlq': (batch: Batch) => services.record(batch.records),
  };

  return {
    life,
    isIdle: () => underWay === 0,
    register: (email: string, created: () => void) =>
      start(API_MS, async () => {
        await services.register({ name: 'Ann', lastname: 'Lee', email, password: 'none' });
        created();
      }),
    relay: () => start(SCHEDULE_MS, () => services.relay(RELAY_BUDGET)()),
    deliverDue: () => start(SCHEDULE_MS, services.deliverDue),
    retry: (uuid: string) => start(API_MS, () => services.retry(uuid)),
    consume: (batch: Batch) =>
      start(CONSUMER_MS, async (remainingMs) => {
        await consumers[batch.topic](batch, remainingMs);
        batch.acknowledge();
      }),
    async loseDatabases(refusals: number): Promise<void> {
      for (const pool of pools) pool.refuse(refusals);
      await Promise.all(pools.map((pool) => pool.cut()));
    },
    /** The effect of `kill -9`: open transactions are rolled back and no code continues. */
    async crash(): Promise<void> {
      simulation.bury(life);
      await Promise.all(pools.map((pool) => pool.cut()));
      for (const { db } of pools) void db.destroy();
    },
  };
}

export type Process = ReturnType<typeof startProcess>;
