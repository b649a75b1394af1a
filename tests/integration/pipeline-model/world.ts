import { expect } from 'vitest';
import { toSendRequest } from '#shared/messages/event-message.ts';
import { EMAIL_SEND, TOPICS } from '#shared/messages/topics.ts';
import { toDeliveryDeadLetter } from '#shared/notifications/publish-results.ts';
import type { EventRow } from '#shared/outbox/outbox-repository.ts';
import type { TestDatabase } from '#tests/helpers/databases.ts';
import { randomEmail } from '#tests/helpers/random.ts';
import { type Command, PROCESSES } from './commands.ts';
import { FOREIGN, type Observer, startObserver } from './observer.ts';
import { CONSUMERS, FUNCTIONS, type FunctionName, type Process, type Surroundings, startProcess } from './process.ts';
import { simulatedKafka } from './simulated-kafka.ts';
import { simulatedMail } from './simulated-mail.ts';
import type { Life, Simulation } from './simulation.ts';

/** Few, so that events hit the same ones. */
const MAX_EVENTS = 5;
/** More rounds mean an endless loop. */
const MAX_GOES = 3000;
const LONG_LEASE_MS = 20_000;
const DRAIN_ROUNDS = 12;
const DRAIN_PASS_MS = 2 * 3600 * 1000;
/** Longer than an event's birth lease. */
const WORK_PASS_MS = 6000;
/** After 30 s without faults, every delivery that has ended must have ended its event. */
const HEAL_ROUNDS = 5;

type Databases = Pick<Surroundings, 'users' | 'notifications'>;

export interface World {
  readonly observer: Observer;
  run(command: Command): Promise<void>;
  /** Ends all faults and works until nothing is left to do. */
  drain(): Promise<void>;
  /** Delivers every record once more, newest first. */
  replay(): Promise<void>;
  /** The number of registrations answered with 201. */
  created(): number;
  publications(uuid: string): number;
  stop(): Promise<void>;
}

async function empty({ users, notifications }: Databases): Promise<void> {
  for (const table of ['users', 'outbox_events', 'dead_letters']) await users.db(table).delete();
  await notifications.db('email_deliveries').delete();
}

export async function openWorld(simulation: Simulation, databases: Databases): Promise<World> {
  await empty(databases);
  const { users, notifications } = databases as { users: TestDatabase; notifications: TestDatabase };
  const kafka = simulatedKafka();
  const isUnderWay = (life: Life): boolean => processes.some((process) => process.life === life && !process.isIdle());
  const observer = startObserver({ simulation, users, notifications, kafka }, isUnderWay);
  const mail = simulatedMail(simulation, observer);
  const around: Surroundings = { simulation, users, notifications, kafka, mail };
  let lives = 0;
  let registered = 0;
  let created = 0;

  const begin = (index: number): Process => {
    lives += 1;
    const name = `${FUNCTIONS[index % FUNCTIONS.length]} process ${lives}`;
    return startProcess(name, around, observer.returned);
  };
  /** Process n runs function n modulo the number of functions. */
  const processes = Array.from({ length: PROCESSES * FUNCTIONS.length }, (_, index) => begin(index));
  /** A process of the function. */
  const of = (name: FunctionName, pick: number): Process => {
    const process = processes[FUNCTIONS.indexOf(name) + FUNCTIONS.length * (pick % PROCESSES)];
    if (process === undefined) throw new Error('There is always a process');
    return process;
  };
  /** The index of a process that does something, if there is one. */
  const busy = (pick: number): number => {
    const indexes = [...processes.keys()];
    const working = indexes.filter((index) => processes[index]?.isIdle() === false);
    const among = working.length > 0 ? working : indexes;
    return among[pick % among.length] ?? 0;
  };
  const at = (pick: number): Process => processes[busy(pick)] ?? of('create', 0);

  /** Waits until all code waits; replaces processes that died in a transaction. */
  const settle = async (): Promise<void> => {
    await simulation.settle();
    for (const [index, process] of processes.entries()) {
      if (!process.life.isDead) continue;
      await process.crash();
      processes[index] = begin(index);
    }
    await observer.look();
  };

  const goOn = async (index: number): Promise<void> => {
    simulation.letOn(index);
    await settle();
  };

  /** Resumes the code that meets the condition, in order of arrival. */
  const finish = async (isMeant: (process: Process) => boolean): Promise<void> => {
    for (let goes = 0; goes < MAX_GOES; goes += 1) {
      const meant = new Set(processes.filter(isMeant).map(({ life }) => life));
      const index = simulation.waiting().findIndex(({ life }) => meant.has(life));
      if (index < 0) return;
      await goOn(index);
    }
    throw new Error('The work never ends');
  };

  const crash = async (pick: number): Promise<void> => {
    const index = busy(pick);
    await processes[index]?.crash();
    processes[index] = begin(index);
    observer.faults.repetitions += 1;
    observer.faults.unfinishedStarts += 1;
  };

  const retry = async (index: number, pick: number): Promise<void> => {
    const all = await observer.events();
    const failed = all.filter(({ event_state: state }) => state === 'FAILED');
    const among = failed.length > 0 ? failed : all;
    const event = among[pick % Math.max(among.length, 1)];
    if (event !== undefined) of('retry', index).retry(event.uuid);
  };

  /** An event that was published: no other producer knows others. */
  const publishedEvent = async (pick: number): Promise<EventRow | undefined> => {
    const events = await observer.events();
    const known = events.filter(({ uuid, generation }) => kafka.generationsOf(EMAIL_SEND, uuid).includes(generation));
    return known[pick % Math.max(known.length, 1)];
  };
  const giveUp = async (pick: number): Promise<void> => {
    const event = await publishedEvent(pick);
    if (event === undefined) return;
    const { uuid, generation, added_at: eventAddedAt, user_email: userEmail } = event;
    const source = { uuid, generation, eventAddedAt, userEmail: userEmail ?? '', traceparent: null, attempts: 1 };
    observer.foreign.add(uuid);
    kafka.writeForeign(
      `${EMAIL_SEND}.dlq`,
      toDeliveryDeadLetter({ ...source, reason: FOREIGN, sourcePartition: 0, sourceOffset: 0 }),
    );
  };

  const requestAhead = async (pick: number, ahead: number): Promise<void> => {
    const event = await publishedEvent(pick);
    if (event === undefined || event.user_email === null) return;
    const { uuid, added_at: addedAt, user_email: userEmail, generation, traceparent } = event;
    observer.raised.add(uuid);
    observer.faults.repetitions += 1;
    const message = { uuid, addedAt, userEmail, traceparent, generation: generation + ahead };
    kafka.writeForeign(EMAIL_SEND, toSendRequest(message));
  };

  const perform = async (command: Command): Promise<void> => {
    const { faults } = observer;
    switch (command.do) {
      case 'register':
        if (registered >= MAX_EVENTS) return;
        registered += 1;
        return of('create', command.process).register(randomEmail(), () => {
          created += 1;
        });
      case 'relay':
        return of('relay', command.process).relay();
      case 'deliver-due':
        return of('deliver-due', command.process).deliverDue();
      case 'consume': {
        const topics = kafka.withNext();
        const topic = topics[command.pick % Math.max(topics.length, 1)];
        if (topic === undefined) return;
        return of(CONSUMERS[topic], command.process).consume(kafka.next(topic, command.limit));
      }
      case 'retry':
        return retry(command.process, command.pick);
      case 'foreign dead letter':
        return giveUp(command.pick);
      case 'foreign message':
        return requestAhead(command.pick, command.ahead);
      case 'go on':
        for (let n = 0; n < command.times && simulation.waiting().length > 0; n += 1) {
          await goOn(command.pick % simulation.waiting().length);
        }
        return;
      case 'finish': {
        const chosen = at(command.process);
        return finish((process) => process === chosen);
      }
      case 'work':
        faults.repetitions += 1;
        return workOnce(command.process, WORK_PASS_MS);
      case 'crash':
        return crash(command.process);
      case 'crash in transaction':
        at(command.process).life.diesInTransaction = true;
        faults.repetitions += 1;
        faults.unfinishedStarts += 1;
        return;
      case 'lose databases':
        faults.repetitions += 1;
        return at(command.process).loseDatabases(command.refusals);
      case 'pass time':
        faults.repetitions += 1;
        if (command.ms > LONG_LEASE_MS) faults.unfinishedStarts += 1;
        return simulation.passTime(command.ms);
      case 'mail answers':
        return mail.answerNext(command.answer);
      case 'broker answers':
        faults.repetitions += 1;
        return kafka.answerNext(command.answer);
      case 'rewind':
        return kafka.rewind(command.topic, command.records);
      case 'repeat':
        return kafka.repeat(command.topic, command.pick);
    }
  };

  const everybody = (): boolean => true;
  const consumeAll = async (pick: number): Promise<void> => {
    for (const topic of TOPICS) {
      const batch = kafka.next(topic, Number.MAX_SAFE_INTEGER);
      if (batch.records.length > 0) of(CONSUMERS[topic], pick).consume(batch);
      await settle();
      await finish(everybody);
    }
  };
  const workOnce = async (pick: number, passMs: number): Promise<void> => {
    simulation.passTime(passMs);
    for (const work of [of('relay', pick).relay, of('deliver-due', pick).deliverDue]) {
      work();
      await settle();
      await finish(everybody);
    }
    await consumeAll(pick);
  };
  const isDone = async (): Promise<boolean> => {
    const events = await observer.events();
    const deliveries = await observer.deliveries();
    return (
      deliveries.every(({ status }) => status !== 'PENDING') &&
      events.every(({ event_state: state }) => state !== 'PROCESSING')
    );
  };

  return {
    observer,
    created: () => created,
    publications: (uuid) => kafka.generationsOf('user.email.send', uuid).length,
    async run(command) {
      await perform(command);
      await settle();
      expect(observer.violations).toEqual([]);
    },
    async drain() {
      mail.behave();
      kafka.behave();
      for (const process of processes) {
        await process.loseDatabases(0);
        process.life.diesInTransaction = false;
      }
      await finish(everybody);
      await consumeAll(0);
      for (let round = 0; round < HEAL_ROUNDS; round += 1) await workOnce(round, WORK_PASS_MS);
      await observer.expectHealed();
      for (let round = 0; round < DRAIN_ROUNDS && !(await isDone()); round += 1) await workOnce(round, DRAIN_PASS_MS);
    },
    async replay() {
      for (const topic of TOPICS) {
        const records = kafka.all(topic).reverse();
        if (records.length > 0) of(CONSUMERS[topic], 1).consume({ topic, records, acknowledge: () => undefined });
        await settle();
        await finish(everybody);
      }
      await workOnce(0, DRAIN_PASS_MS);
    },
    async stop() {
      await Promise.all(processes.map((process) => process.crash()));
    },
  };
}
