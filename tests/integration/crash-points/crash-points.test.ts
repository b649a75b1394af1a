import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { published } from './arrange.ts';
import { CRASH_POINTS, type CrashTest, crashTestsAt, sendBatch, throughTheProxy } from './crash-tests.ts';
import { deliverDue } from './invocations.ts';
import { dieAt, startHost } from './lambda-host.ts';
import { openPostOffice, type PostOffice } from './post-office.ts';
import { replay, survive } from './survive.ts';
import { startTopicLog, type TopicLog } from './topic-log.ts';
import { newPrefix, openWorld, topicsOf, type World } from './world.ts';

/** More than there are cores: the processes mostly start and wait. */
const WORLDS = 4;

const worlds: World[] = [];
const waiting: Array<(world: World) => void> = [];
let mail: PostOffice;
let log: TopicLog;

beforeAll(async () => {
  mail = await openPostOffice();
  // The cheapest hash: its cost is irrelevant here.
  Object.assign(process.env, { SMTP_URL: mail.url, PASSWORD_HASH_MEMORY_KIB: '8', PASSWORD_HASH_PASSES: '1' });
  const prefixes = Array.from({ length: WORLDS }, newPrefix);
  log = await startTopicLog(prefixes.flatMap(topicsOf));
  worlds.push(...(await Promise.all(prefixes.map((prefix) => openWorld(prefix, log, mail)))));
});

afterAll(async () => {
  await Promise.all(worlds.map((world) => world.stop()));
  await Promise.all([log.stop(), mail.stop()]);
});

async function inWorld(run: (world: World) => Promise<void>): Promise<void> {
  const world = worlds.pop() ?? (await new Promise<World>((resolve) => waiting.push(resolve)));
  try {
    await world.clear();
    await run(world);
  } finally {
    const next = waiting.shift();
    if (next === undefined) worlds.push(world);
    else next(world);
  }
}

/** The visible result: event states and Message-IDs. */
async function outcome({ users }: World, { email }: { email: string }) {
  const events = await users.db('outbox_events');
  const messageIds = mail.messageIdsTo(email);
  return { events: events.map(({ event_state: state }) => state), messageIds };
}

async function expected({ users }: World, { event, mails }: Pick<CrashTest, 'event' | 'mails'>) {
  const row = await users.db('outbox_events').first();
  return {
    events: event === 'none' ? [] : [event],
    messageIds: Array.from({ length: mails }, () => `<${row?.uuid}@registration.example>`),
  };
}

const rows = CRASH_POINTS.flatMap((point) => crashTestsAt(point).map((test) => [point, test.what, test] as const));

describe.concurrent('a process that is killed', () => {
  it.each(rows)('%s, in %s', async (point, _, test) => {
    await inWorld(async (world) => {
      const subject = await test.arrange(world);

      const calls = [await test.victim(world, subject)].flat();
      const death = await dieAt(point, calls, { ...world.env, ...test.env?.(world) });

      expect(death).toEqual({ signal: 'SIGKILL', reached: point });
      await survive(world);
      expect(await outcome(world, subject)).toEqual(await expected(world, test));
      await replay(world);
      expect(await outcome(world, subject)).toEqual(await expected(world, test));
      await test.also?.(world, subject);
    });
  });
});

describe('a process that lives while its database does not answer', () => {
  it('for 3 s after the 250 records the mail itself: another process does not send it again', async () => {
    await inWorld(async (world) => {
      const subject = await published(world);
      const sender = startHost({ ...world.env, ...throughTheProxy(world) });
      mail.beforeAnswer(subject.email, () => {
        void world.proxy.set('refuse');
        setTimeout(() => void world.proxy.set('pass'), 3000);
      });

      await sender.invoke(await sendBatch(world));
      await world.passTime();
      await world.survivor(deliverDue);

      expect(mail.messageIdsTo(subject.email)).toHaveLength(1);
      await survive(world);
      expect(await outcome(world, subject)).toEqual(await expected(world, { event: 'FINISHED', mails: 1 }));
      await sender.stop();
    });
  });
});

describe('a process that another process kills', () => {
  it('between the last byte of a mail and its 250: the mail is repeated with the same Message-ID', async () => {
    await inWorld(async (world) => {
      const subject = await published(world);
      const victim = startHost(world.env);
      mail.beforeAnswer(subject.email, () => process.kill(victim.pid, 'SIGKILL'));

      await expect(victim.invoke(await sendBatch(world))).rejects.toThrow('SIGKILL');

      await survive(world);
      const test = { event: 'FINISHED', mails: 2 } as const;
      expect(await outcome(world, subject)).toEqual(await expected(world, test));
      await replay(world);
      expect(await outcome(world, subject)).toEqual(await expected(world, test));
    });
  });
});

describe('the list of crash tests', () => {
  it.each(CRASH_POINTS)('has a test that dies %s', (point) => {
    expect(crashTestsAt(point).length).toBeGreaterThan(0);
  });
});
