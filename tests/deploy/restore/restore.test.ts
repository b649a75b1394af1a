import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '#shared/db/database.ts';
import type { OutgoingMessage, Publish } from '#shared/kafka/producer.ts';
import { confirmEvents } from '#shared/outbox/confirm-events.ts';
import { relayOutbox } from '#shared/outbox/relay-outbox.ts';
import { notificationsTestDatabase, type TestDatabase, usersTestDatabase } from '#tests/helpers/databases.ts';
import { notificationServicesOn } from '#tests/helpers/notification-services.ts';
import { recordOf } from '#tests/helpers/raw-records.ts';
import { startMailServer, type TestMailServer } from '#tests/helpers/smtp-server.ts';
import { userServicesOn } from '#tests/helpers/user-services.ts';
import { ensureCommands } from '#tools/local/install/ensure-commands.ts';
import { dump, restore } from './dumps.ts';

const SEND = 'user.email.send';
const SENT = 'user.email.sent';
const folder = mkdtempSync(path.join(tmpdir(), 'restore-'));
const restored: { db: Database; url: string }[] = [];

let users: TestDatabase;
let notifications: TestDatabase;
let mail: TestMailServer;

/** The whole pipeline on two databases, step by step; messages wait in a queue until their step. */
function pipelineOn(usersDb: Database, notificationsDb: Database) {
  const queue: Array<{ topic: string; message: OutgoingMessage }> = [];
  const publish: Publish = async (_name, topic, messages) => {
    queue.push(...messages.map((message) => ({ topic, message })));
  };
  const take = (topic: string) => {
    const taken = queue.filter((entry) => entry.topic === topic);
    for (const entry of taken) queue.splice(queue.indexOf(entry), 1);
    return taken.map(({ message }) => recordOf(message, { topic }));
  };
  const database = async () => usersDb;
  const sender = notificationServicesOn({ db: notificationsDb });
  const confirm = confirmEvents({ database, publish });
  const relay = relayOutbox({ database, publish });
  return {
    register: (email: string) => userServicesOn(usersDb).registerAnybody(email),
    async publish() {
      const due = usersDb.raw('UTC_TIMESTAMP(3) - INTERVAL 1 SECOND');
      await usersDb('outbox_events').where({ event_state: 'PROCESSING' }).update({ next_attempt_at: due });
      await relay(500)(() => true);
    },
    send: () => sender.receive(take(SEND)),
    async confirm() {
      for (const message of sender.published.on(SENT).splice(0)) queue.push({ topic: SENT, message });
      await confirm(take(SENT));
    },
  };
}

beforeAll(async () => {
  await ensureCommands(['mariadb-dump']);
  [users, notifications, mail] = await Promise.all([
    usersTestDatabase(),
    notificationsTestDatabase(),
    startMailServer(),
  ]);
  process.env['SMTP_URL'] = mail.url;
});

afterAll(async () => {
  for (const { db, url } of restored) {
    await users.db.raw('DROP DATABASE ??', [new URL(url).pathname.slice(1)]);
    await db.destroy();
  }
  await Promise.all([users.drop(), notifications.drop(), mail.stop()]);
  rmSync(folder, { recursive: true });
});

function fileOf(database: string, moment: number): string {
  return path.join(folder, `${database}-${moment}.sql`);
}

async function dumpBoth(moment: number): Promise<void> {
  await dump(users.url, fileOf('users', moment));
  await dump(notifications.url, fileOf('notifications', moment));
}

/** Restores the users of one moment and the deliveries of another, and lets the system run. @returns what became of each event */
async function runAfterRestore(
  usersMoment: number,
  notificationsMoment: number,
  mailsBefore: (email: string) => number,
) {
  const [usersNow, notificationsNow] = [
    await restore(users.url, fileOf('users', usersMoment)),
    await restore(notifications.url, fileOf('notifications', notificationsMoment)),
  ];
  restored.push(usersNow, notificationsNow);
  const before = new Map(EMAILS.map((email) => [email, mail.to(email).length]));
  const pipeline = pipelineOn(usersNow.db, notificationsNow.db);
  for (let round = 0; round < 3; round += 1) {
    await pipeline.publish();
    await pipeline.send();
    await pipeline.confirm();
  }
  const outcomes = EMAILS.map(async (email) => {
    const event = await usersNow.db('outbox_events').where({ user_email: email }).first('event_state');
    const repeated = mail.to(email).length - (before.get(email) ?? 0);
    return [email.split('@')[0], `${event?.event_state ?? 'lost'}, ${mailsBefore(email) + repeated} mails`];
  });
  return Object.fromEntries(await Promise.all(outcomes));
}

const EMAILS = ['done', 'waiting', 'sent', 'later', 'latest'].map((name) => `${name}@b.io`);

describe('two databases restored to different moments', () => {
  it('lose what was registered later, and repeat a mail only if its delivery was lost and its confirmation too', async () => {
    const pipeline = pipelineOn(users.db, notifications.db);
    const steps = async (...names: Array<'publish' | 'send' | 'confirm'>) => {
      for (const name of names) await pipeline[name]();
    };
    await pipeline.register('done@b.io');
    await steps('publish', 'send', 'confirm');
    await pipeline.register('sent@b.io');
    await steps('publish', 'send');
    await pipeline.register('waiting@b.io');
    await steps('publish');
    await dumpBoth(1);
    await steps('confirm', 'send', 'confirm');
    await pipeline.register('later@b.io');
    await steps('publish', 'send', 'confirm');
    await pipeline.register('latest@b.io');
    await steps('publish', 'send');
    await dumpBoth(2);
    await steps('confirm');
    const sent = new Map(EMAILS.map((email) => [email, mail.to(email).length]));
    const mailsBefore = (email: string) => sent.get(email) ?? 0;

    const table = {
      'users 1, notifications 1': await runAfterRestore(1, 1, mailsBefore),
      'users 1, notifications 2': await runAfterRestore(1, 2, mailsBefore),
      'users 2, notifications 1': await runAfterRestore(2, 1, mailsBefore),
      'users 2, notifications 2': await runAfterRestore(2, 2, mailsBefore),
    };

    console.table(table);
    const once = 'FINISHED, 1 mails';
    const lost = 'lost, 1 mails';
    expect(table).toEqual({
      'users 1, notifications 1': { done: once, waiting: 'FINISHED, 2 mails', sent: once, later: lost, latest: lost },
      'users 1, notifications 2': { done: once, waiting: once, sent: once, later: lost, latest: lost },
      'users 2, notifications 1': { done: once, waiting: once, sent: once, later: once, latest: 'FINISHED, 2 mails' },
      'users 2, notifications 2': { done: once, waiting: once, sent: once, later: once, latest: once },
    });
    const ids = mail.to('waiting@b.io').map(({ raw }) => /^message-id: (.*)$/im.exec(raw)?.[1]);
    expect(new Set(ids).size).toBe(1);
  });
});
