import pLimit from 'p-limit';
import { circuitBreaker } from '#shared/async/circuit-breaker.ts';
import type { Database } from '#shared/db/database.ts';
import { deliverClaims } from '#shared/notifications/deliver-claims.ts';
import { deliverDue } from '#shared/notifications/delivery-run.ts';
import { publishResults } from '#shared/notifications/publish-results.ts';
import { receiveMessages } from '#shared/notifications/receive-messages.ts';
import { confirmEvents } from '#shared/outbox/confirm-events.ts';
import { publishSoon } from '#shared/outbox/publish-soon.ts';
import { recordDeadLetters } from '#shared/outbox/record-dead-letters.ts';
import { relayOutbox } from '#shared/outbox/relay-outbox.ts';
import { retryEvent } from '#shared/outbox/retry-event.ts';
import { registerUser } from '#shared/users/register-user.ts';
import type { TestDatabase } from '#tests/helpers/databases.ts';
import { simulatedDatabase } from './simulated-database.ts';
import type { Batch, SimulatedKafka } from './simulated-kafka.ts';
import type { SimulatedMail } from './simulated-mail.ts';
import { KNOWN_SENT, type Life, type Simulation } from './simulation.ts';

export interface Surroundings {
  readonly simulation: Simulation;
  readonly users: TestDatabase;
  readonly notifications: TestDatabase;
  readonly kafka: SimulatedKafka;
  readonly mail: SimulatedMail;
}

const RETRY_HOURS = 48;
const RELAY_BUDGET = 500;
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
  const breaker = circuitBreaker({ threshold: 3, probeAfterMs: 1000 }, clock);
  const results = publishResults({ database: notifications, publish });
  const limited = pLimit(8);
  const sending = { database: notifications, results, breaker };
  const deliver = deliverClaims({ ...sending, sendMail: mail.sendMail, limited, retryHours: RETRY_HOURS });
  return {
    register: registerUser({ database: users, hashPassword: async () => 'hash', publishSoon: soon }),
    relay: relayOutbox({ database: users, publish }),
    retry: retryEvent({ database: users, publishSoon: soon }),
    confirm: confirmEvents({ database: users, publish }),
    record: recordDeadLetters(users),
    receive: receiveMessages({ database: notifications, publish, results, deliver }),
    deliverDue: deliverDue({ ...sending, deliver }),
  };
}

/** One process: the real services with their own pools, until it crashes. */
export function startProcess(name: string, around: Surroundings) {
  const { simulation, users, notifications } = around;
  const knownSent = Object.fromEntries(KNOWN_SENT.map((set) => [set, new Set<string>()]));
  const life: Life = { name, isDead: false, diesInTransaction: false, knownSent };
  const usersPool = simulatedDatabase(users.url, users.db, life, simulation);
  const notificationsPool = simulatedDatabase(notifications.url, notifications.db, life, simulation);
  const pools = [usersPool, notificationsPool];
  const services = servicesOf(
    async () => usersPool.db,
    async () => notificationsPool.db,
    around,
  );
  let underWay = 0;

  const start = (run: () => Promise<unknown>): void => {
    underWay += 1;
    const ended = simulation.runAs(life, run).catch(() => undefined);
    void ended.then(() => {
      underWay -= 1;
    });
  };
  const timeLimit = (ms: number) => {
    const endsAt = simulation.elapsedMs() + ms;
    return () => endsAt - simulation.elapsedMs();
  };
  const consumers = {
    'user.email.send': (batch: Batch) => services.receive(batch.records, timeLimit(CONSUMER_MS)),
    'user.email.sent': (batch: Batch) => services.confirm(batch.records),
    'user.email.send.dlq': (batch: Batch) => services.record(batch.records),
    'user.email.sent.dlq': (batch: Batch) => services.record(batch.records),
  };

  return {
    life,
    isIdle: () => underWay === 0,
    register: (email: string, created: () => void) =>
      start(async () => {
        await services.register({ name: 'Ann', lastname: 'Lee', email, password: 'none' });
        created();
      }),
    relay: () => start(() => services.relay(RELAY_BUDGET)()),
    deliverDue: () => start(() => services.deliverDue(timeLimit(SCHEDULE_MS))),
    retry: (uuid: string) => start(() => services.retry(uuid)),
    consume: (batch: Batch) =>
      start(async () => {
        await consumers[batch.topic](batch);
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
