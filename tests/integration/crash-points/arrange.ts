import { randomUUID } from 'node:crypto';
import { hashPassword } from '#shared/users/password-hash.ts';
import { registerUser } from '#shared/users/register-user.ts';
import { updateUser } from '#shared/users/update-user.ts';
import { notificationServicesOn } from '#tests/helpers/notification-services.ts';
import { randomEmail } from '#tests/helpers/random.ts';
import { NO_CACHE, NO_FAILURES } from '#tests/helpers/user-services.ts';
import { batch, get, registration, relay, retry } from './invocations.ts';
import type { World } from './world.ts';

/** The user and event of a test; without id and uuid until the registration. */
export interface Subject {
  readonly email: string;
  readonly id: number;
  readonly uuid: string;
}

type Arrange = (world: World) => Promise<Subject>;

const USER_UNKNOWN = { code: 550, message: '5.1.1 no such user' };

export const newcomer: Arrange = async () => ({ email: randomEmail(), id: 0, uuid: '' });

/** Registered while Kafka was unavailable: the event is due and was never published. */
export const committed: Arrange = async (world) => {
  const { email } = await newcomer(world);
  const database = async () => world.users.db;
  const register = registerUser({ database, hashPassword, publishSoon: async () => undefined });
  const { id } = await register(registration(email));
  const { uuid } = await world.users.db('outbox_events').first();
  await world.passTime();
  return { email, id, uuid };
};

/** Published, marked, and due again. */
export const published: Arrange = async (world) => {
  const subject = await committed(world);
  await world.survivor(relay);
  await world.passTime();
  return subject;
};

async function received(world: World): Promise<void> {
  await world.survivor(batch('sendWelcomeEmail', await world.records('user.email.send')));
}

/** Mailed; the confirmation is on its topic. */
export const delivered: Arrange = async (world) => {
  const subject = await published(world);
  await received(world);
  return subject;
};

/** The address is permanently refused; the dead letter is on its topic. */
export const buried: Arrange = async (world) => {
  const subject = await published(world);
  world.mail.refuse(subject.email, USER_UNKNOWN);
  await received(world);
  return subject;
};

/** FAILED; the mail server accepts the address from now on. */
export const failed: Arrange = async (world) => {
  const subject = await buried(world);
  await world.survivor(batch('recordDeadLetter', await world.records('user.email.send.dlq')));
  world.mail.accept(subject.email);
  return subject;
};

/** Retried by an operator; the message of the next generation is on its topic. */
export const retried: Arrange = async (world) => {
  const subject = await failed(world);
  await world.survivor(retry(subject.uuid));
  await world.passTime();
  await world.survivor(relay);
  return subject;
};

/** FAILED although its mail was sent: the confirmation is late. */
export const confirmedLate: Arrange = async (world) => {
  const subject = await delivered(world);
  await world.users.db('outbox_events').update({ event_state: 'FAILED', reason: 'taken for dead' });
  return subject;
};

/** In the inbox and due: the mail server was unavailable when the message arrived. */
export const pending: Arrange = async (world) => {
  const subject = await published(world);
  const { receive } = notificationServicesOn(world.notifications, { send: () => Promise.reject(new Error('away')) });
  await receive(await world.records('user.email.send'));
  await world.passTime();
  return subject;
};

/** Mailed and recorded by a process that died before it published the confirmation. */
export const recorded: Arrange = async (world) => {
  const subject = await published(world);
  const { receive, published: publications } = notificationServicesOn(world.notifications);
  publications.failWith(new Error('died'));
  await receive(await world.records('user.email.send'));
  await world.passTime();
  return subject;
};

/** In the inbox, due, and started by a process that died. */
export const suspect: Arrange = async (world) => {
  const subject = await pending(world);
  await world.notifications.db('email_deliveries').update({ started_by: randomUUID() });
  return subject;
};

/** The user is cached. */
export const cached: Arrange = async (world) => {
  const subject = await committed(world);
  await world.survivor(get(subject.id));
  return subject;
};

/** Renamed while Redis was unavailable: the cached value is stale. */
export function staleInCache(name: string): Arrange {
  return async (world) => {
    const subject = await cached(world);
    const database = async () => world.users.db;
    const update = updateUser({
      database,
      hashPassword,
      cache: NO_CACHE,
      verifyPassword: async () => true,
      failures: NO_FAILURES,
      limitAddressChanges: async () => undefined,
    });
    await update(subject.id, { name, oldPassword: '' });
    return subject;
  };
}

/** The mail server refuses the recipient once, or always. */
export function refusing(arrange: Arrange, times?: number): Arrange {
  return async (world) => {
    const subject = await arrange(world);
    const now = { code: 451, message: '4.7.1 greylisted, try later', times: times ?? 1 };
    world.mail.refuse(subject.email, times === undefined ? USER_UNKNOWN : now);
    return subject;
  };
}

/** Puts a record that is not an event beside the test's own. */
export function besideGarbage(arrange: Arrange, topic: 'user.email.send' | 'user.email.sent'): Arrange {
  return async (world) => {
    const subject = await arrange(world);
    await world.writeGarbage(topic);
    return subject;
  };
}
