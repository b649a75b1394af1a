import { batch, deliverDue, relay } from './invocations.ts';
import type { World } from './world.ts';

const CONSUMERS = [
  ['user.email.send', 'sendWelcomeEmail'],
  ['user.email.sent', 'confirmEmailSent'],
  ['user.email.send.dlq', 'recordDeadLetter'],
  ['user.email.sent.dlq', 'recordDeadLetter'],
] as const;

/** More rounds mean that the process waits for something that never happens. */
const MAX_ROUNDS = 8;

/** Describes the unfinished work; empty when everything has ended. */
async function leftToDo({ users, notifications }: World): Promise<string[]> {
  const events = await users.db('outbox_events').where({ event_state: 'PROCESSING' });
  const deliveries = await notifications.db('email_deliveries').where({ status: 'PENDING' });
  const invalidations = await users.db('cache_invalidations');
  return [
    ...events.map(({ uuid }) => `event ${uuid} is PROCESSING`),
    ...deliveries.map(({ uuid, status }) => `delivery ${uuid} is ${status}`),
    ...invalidations.map(({ user_id: id }) => `Redis was not told of user ${id}`),
  ];
}

/** Delivers what was not acknowledged; returns the new position in each topic. */
async function consume(world: World, acknowledged: Map<string, number>): Promise<boolean> {
  let isIdle = true;
  for (const [topic, handler] of CONSUMERS) {
    const records = await world.records(topic);
    const fresh = records.slice(acknowledged.get(topic) ?? 0);
    if (fresh.length === 0) continue;
    isIdle = false;
    await world.survivor(batch(handler, fresh));
    acknowledged.set(topic, records.length);
  }
  return isIdle;
}

/**
 * Lets a surviving process finish the work of the dead one, from the first record of this test: batches without an
 * acknowledgement are delivered again at once, while the dead process's leases still hold; then time passes.
 * @throws when it takes more than a few rounds
 */
export async function survive(world: World): Promise<void> {
  const acknowledged = new Map<string, number>();
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const isIdle = await consume(world, acknowledged);
    if (isIdle && (await leftToDo(world)).length === 0) return;
    await world.passTime();
    await world.survivor(relay);
    await world.survivor(deliverDue);
  }
  throw new Error(`After ${MAX_ROUNDS} rounds: ${(await leftToDo(world)).join(', ')}`);
}

/** Delivers every record once more, newest first, and runs both schedules: nothing may change. */
export async function replay(world: World): Promise<void> {
  for (const [topic, handler] of CONSUMERS) {
    const records = await world.records(topic);
    if (records.length > 0) await world.survivor(batch(handler, [...records].reverse()));
  }
  await world.passTime();
  await world.survivor(relay);
  await world.survivor(deliverDue);
}
