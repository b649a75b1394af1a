import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createDatabase, type Database } from '#shared/db/database.ts';
import { alarmingPeriods, type Series } from '#tests/deploy/templates/alarm-state.ts';
import { ofType, resourcesOf } from '#tests/deploy/templates/template.ts';
import { randomEmail } from '#tests/helpers/random.ts';
import { kafkaEvent, sendRecord, testEvent } from '#tests/helpers/raw-records.ts';
import { httpInvocation, singleRound } from './invocations.ts';
import { startPackaged } from './packaged-functions.ts';
import { type DeployedStage, startStage } from './stage.ts';

/** Minutes of a recorded series. */
const MINUTES = 20;

let stage: DeployedStage;
let users: Database;
const alarms = ofType(resourcesOf(inject('runTemplate')), 'AWS::CloudWatch::Alarm');

beforeAll(async () => {
  stage = await startStage();
  await invoke('prepareStage', {});
  users = createDatabase(stage.urls.users, 1);
});

afterAll(async () => {
  await users.destroy();
  await stage.stop();
});

/** Invokes a packaged function with each event. @returns the metrics that it wrote into its log */
async function invoke(name: string, ...events: unknown[]): Promise<Record<string, number>> {
  const running = await startPackaged(name, { ...stage.env, PASSWORD_FAILURES_FREE: '1' });
  try {
    for (const event of events) await running.invoke(event);
    const lines = running
      .output()
      .split('\n')
      .filter((line) => line.includes('"CloudWatchMetrics"'));
    const reports = lines.map((line): Record<string, unknown> => JSON.parse(line.slice(line.indexOf('{'))));
    const figures = reports
      .flatMap((report) => Object.entries(report))
      .filter(([, value]) => typeof value === 'number');
    return Object.fromEntries(figures) as Record<string, number>;
  } finally {
    await running.stop();
  }
}

/** The figures of one minute, as the two scheduled functions report them. */
async function minute(): Promise<Record<string, number>> {
  return { ...(await invoke('relayOutbox', singleRound)), ...(await invoke('deliverDue', singleRound)) };
}

/** Moves an event into the past. */
async function age(minutes: number): Promise<void> {
  const past = users.raw('UTC_TIMESTAMP(3) - INTERVAL ? MINUTE', [minutes]);
  await users('outbox_events').where({ event_state: 'PROCESSING' }).update({ published_at: past, added_at: past });
}

/** A series that holds one minute's figures until the next, which begins at the given minute. */
function series(...parts: ReadonlyArray<readonly [fromMinute: number, figures: Record<string, number>]>): Series {
  const names = new Set(parts.flatMap(([, figures]) => Object.keys(figures)));
  const at = (minute: number) => parts.findLast(([from]) => from <= minute)?.[1] ?? {};
  return Object.fromEntries(
    [...names].map((name) => [name, Array.from({ length: MINUTES }, (_, index) => at(index)[name])]),
  );
}

function firing(recorded: Series): string[] {
  return [...alarms].filter(([, alarm]) => alarmingPeriods(alarm, recorded).length > 0).map(([id]) => id);
}

describe('the alarms, on figures of the packaged functions', () => {
  const recorded: Record<string, Record<string, number>> = {};
  let event: { uuid: string; user_email: string };

  it('do not fire while nothing happens', async () => {
    recorded.quiet = await minute();

    expect(recorded.quiet).toMatchObject({ UnconfirmedEvents: 0, PendingMails: 0, OldestUnconfirmedEventSeconds: 0 });
    expect(recorded.quiet?.['DatabaseConnectionsPercent']).toBeGreaterThan(0);
    expect(firing(series([0, recorded.quiet]))).toEqual([]);
  });

  it('fire within 15 minutes after one registration if no consumer runs', async () => {
    const user = { name: 'Ann', lastname: 'Lee', email: randomEmail(), password: 'right-password' };
    await invoke('createUser', httpInvocation('POST /api/users/', { body: user }));
    await minute();
    recorded.fresh = await minute();
    await age(6);
    recorded.stopped = await minute();
    event = await users('outbox_events').first('uuid', 'user_email');

    expect(recorded.fresh).toMatchObject({ UnconfirmedEvents: 0 });
    expect(recorded.stopped).toMatchObject({ UnconfirmedEvents: 1, PendingMails: 0 });
    expect(recorded.stopped['OldestUnconfirmedEventSeconds']).toBeGreaterThanOrEqual(360);
    const outage = series([0, recorded.fresh], [6, recorded.stopped]);
    expect(firing(outage)).toEqual(['StoppedConsumerAlarm']);
    expect(alarmingPeriods(alarms.get('StoppedConsumerAlarm') ?? {}, outage)[0]).toBeLessThan(15);
  });

  it('do not fire for a mail that its server refuses for hours', async () => {
    const topic = `${stage.env['TOPIC_PREFIX']}user.email.send`;
    stage.mailServer.refuse(() => ({ code: 451, message: '4.7.1 greylisted' }));
    const addressee = { ...testEvent(), uuid: event.uuid, userEmail: event.user_email };
    const sending = await invoke('sendWelcomeEmail', kafkaEvent([sendRecord(addressee, { topic })]));
    await age(120);
    recorded.refused = await minute();

    expect(sending).toMatchObject({ MailRefused: 1 });
    expect(recorded.refused).toMatchObject({ UnconfirmedEvents: 1, PendingMails: 1 });
    expect(firing(series([0, recorded.refused]))).toEqual([]);
  });

  it.each([
    ['MailThrottled', { code: 454, message: 'Throttling failure: Maximum sending rate exceeded.' }],
    ['MailBlocked', { code: 550, message: '5.7.1 Sender blocked' }],
  ])('get %s from sendWelcomeEmail', async (metric, refusal) => {
    const topic = `${stage.env['TOPIC_PREFIX']}user.email.send`;
    stage.mailServer.refuse(() => refusal);

    const figures = await invoke('sendWelcomeEmail', kafkaEvent([sendRecord(testEvent(), { topic })]));

    expect(figures).toMatchObject({ [metric]: 1 });
  });

  it('get WrongCredentials and RefusedCredentialChecks from updateUser', async () => {
    const { id } = await users('users').first('id');
    const guess = { oldPassword: 'a-wrong-password', name: 'Eve' };
    const update = httpInvocation('PATCH /api/users/{id}', { path: { id: String(id) }, body: guess });

    expect(await invoke('updateUser', update)).toMatchObject({ WrongCredentials: 1 });
    expect(await invoke('updateUser', update, update)).toMatchObject({ RefusedCredentialChecks: 1 });
  });

  it('fire when the scheduled functions report nothing', () => {
    const silent = Object.fromEntries(
      Object.keys(recorded.quiet ?? {}).map((name) => [name, Array(MINUTES).fill(undefined)]),
    );

    expect(firing(silent)).toEqual(
      expect.arrayContaining(['StoppedConsumerAlarm', 'UnpublishedEventsAlarm', 'UnsentMailsAlarm']),
    );
  });
});
