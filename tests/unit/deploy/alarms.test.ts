import { describe, expect, it } from 'vitest';
import type { MetricName } from '#shared/observability/metrics.ts';
import { alarmingPeriods } from '#tests/deploy/templates/alarm-state.ts';
import { alarms, type Watched } from '#tools/deploy/alarms.ts';
import { scheduleProblem } from '#tools/deploy/watched-stage.ts';

/** A figure per minute: one for all, or a list; null where nothing is reported. */
type Figures = Partial<
  Record<
    MetricName | '4xx' | '5xx' | 'Count' | 'Latency' | 'Errors' | 'Throttles' | 'Invocations' | 'OffsetLag',
    number | null | ReadonlyArray<number | null>
  >
>;

const MINUTES = 60;

const WATCHED: Watched = {
  namespace: 'registration/prod',
  email: '',
  consumers: ['SendWelcomeEmailLambdaFunction', 'RecordDeadLetterLambdaFunction'],
  narrow: new Set(['RecordDeadLetterLambdaFunction']),
  schedules: ['RelayOutboxLambdaFunction'],
  scheduleMinutes: 1,
  mailRetryHours: 48,
  hasProbe: true,
};

const resources = alarms(WATCHED);
const ids = Object.keys(resources).filter((id) => id.endsWith('Alarm'));

/** The minute at whose end the alarm first is in ALARM. */
function firesAt(id: string, figures: Figures): number | undefined {
  const alarm = resources[id]?.Properties ?? {};
  const period = Number(alarm['Period'] ?? JSON.parse(JSON.stringify(alarm['Metrics']))[0].MetricStat.Period) / 60;
  const series = Object.fromEntries(
    Object.entries(figures).map(([name, given]) => {
      const at = (minute: number) => (Array.isArray(given) ? given[minute] : given);
      return [name, Array.from({ length: MINUTES }, (_, minute) => at(minute) ?? undefined)];
    }),
  );
  const [first] = alarmingPeriods(alarm, series);
  return first === undefined ? undefined : (first + 1) * period;
}

/** A figure from a minute on. */
function from(minute: number, before: number | null, after: number | null): Array<number | null> {
  return Array.from({ length: MINUTES }, (_, index) => (index < minute ? before : after));
}
/** A figure in some minutes, 0 in the others. */
function only(figures: Readonly<Record<number, number>>): number[] {
  return Array.from({ length: MINUTES }, (_, index) => figures[index] ?? 0);
}
/** Throttled at once after this, an invocation is not counted. */
const ALL_THROTTLED = { Invocations: null, Errors: null, Throttles: 3 };

const FIRES: ReadonlyArray<readonly [id: string, what: string, Figures, minute: number]> = [
  ['DeadLettersAlarm', 'one dead letter', { DeadLetters: only({ 7: 1 }) }, 10],
  ['UnpublishedEventsAlarm', 'an event of 5 minutes', { OldestUnpublishedEventSeconds: from(10, 0, 301) }, 15],
  ['UnpublishedEventsAlarm', 'no report', { OldestUnpublishedEventSeconds: null }, 5],
  ['StoppedConsumerAlarm', 'one event', { UnconfirmedEvents: from(5, 0, 1), PendingMails: 0 }, 10],
  ['StoppedConsumerAlarm', 'more events than mails', { UnconfirmedEvents: 5, PendingMails: 4 }, 5],
  ['StoppedConsumerAlarm', 'no report of deliverDue', { UnconfirmedEvents: 0, PendingMails: null }, 5],
  ['UnconfirmedEventsAlarm', '50 hours', { OldestUnconfirmedEventSeconds: 50 * 3600 + 1 }, 5],
  ['UnsentMailsAlarm', '15 minutes', { OldestUnsentMailSeconds: 901 }, 5],
  ['ThrottledMailsAlarm', 'three periods', { MailThrottled: only({ 1: 1, 6: 1, 11: 1 }) }, 15],
  ['BlockedMailsAlarm', 'one mail', { MailBlocked: only({ 3: 1 }) }, 5],
  ['RefusedMailsAlarm', '20 of 300', { MailRefused: only({ 0: 20 }), MailSent: only({ 0: 280 }) }, 60],
  ['RefusedMailsAlarm', '20 and none sent', { MailRefused: only({ 0: 20 }), MailSent: null }, 60],
  ['CredentialGuessesAlarm', 'wrong ones', { WrongCredentials: 21, RefusedCredentialChecks: null }, 5],
  ['CredentialGuessesAlarm', 'both kinds', { WrongCredentials: 10, RefusedCredentialChecks: 11 }, 5],
  ['DatabaseConnectionsAlarm', '81 %', { DatabaseConnectionsPercent: 81 }, 5],
  ['ApiErrorsAlarm', '2 % of the calls', { '5xx': 0.02 }, 5],
  ['ReleaseErrorsAlarm', 'two calls', { '5xx': only({ 1: 1, 3: 1 }), Count: 8 }, 5],
  ['ApiRefusalsAlarm', '60 of 100', { Count: only({ 0: 100 }), '4xx': only({ 0: 60 }) }, 15],
  ['ApiLatencyAlarm', '3 s', { Latency: 3000 }, 10],
  ['RelayOutboxErrorsAlarm', '6 %', { Invocations: 100, Errors: 6, Throttles: 0 }, 5],
  ['ProbeAlarm', '31 s', { ProbeSeconds: 31 }, 10],
  ['ProbeAlarm', 'no report', { ProbeSeconds: null }, 10],
  ['SendWelcomeEmailLagAlarm', '1,001 records', { OffsetLag: 1001 }, 5],
  ['SendWelcomeEmailErrorsAlarm', '6 %', { Invocations: 100, Errors: 6, Throttles: 0 }, 5],
  ['SendWelcomeEmailErrorsAlarm', 'throttles', { Invocations: 94, Errors: 0, Throttles: 6 }, 5],
  ['RelayOutboxErrorsAlarm', 'throttles alone', ALL_THROTTLED, 5],
  ['RecordDeadLetterErrorsAlarm', '6 %', { Invocations: 100, Errors: 6 }, 5],
  ['RecordDeadLetterLagAlarm', '1,001 records', { OffsetLag: 1001 }, 5],
];

const STAYS: ReadonlyArray<readonly [id: string, what: string, Figures]> = [
  ['DeadLettersAlarm', 'no dead letter', { DeadLetters: null }],
  ['UnpublishedEventsAlarm', '300 s, and longer for 4 minutes', { OldestUnpublishedEventSeconds: from(56, 300, 999) }],
  ['StoppedConsumerAlarm', 'events that wait for mails', { UnconfirmedEvents: 9, PendingMails: 9 }],
  ['UnconfirmedEventsAlarm', 'a day', { OldestUnconfirmedEventSeconds: 86_400 }],
  ['UnsentMailsAlarm', '15 minutes exactly', { OldestUnsentMailSeconds: 900 }],
  ['ThrottledMailsAlarm', 'two of three periods', { MailThrottled: only({ 1: 9, 6: 9, 16: 9, 21: 9 }) }],
  ['BlockedMailsAlarm', 'none', { MailBlocked: null }],
  ['RefusedMailsAlarm', '19, and none sent', { MailRefused: only({ 0: 19 }), MailSent: null }],
  ['RefusedMailsAlarm', '20 of 400', { MailRefused: only({ 0: 20 }), MailSent: only({ 0: 380 }) }],
  ['CredentialGuessesAlarm', '100', { WrongCredentials: 10, RefusedCredentialChecks: 10 }],
  ['DatabaseConnectionsAlarm', '80 %', { DatabaseConnectionsPercent: 80 }],
  ['ApiErrorsAlarm', 'all calls of 4 minutes', { '5xx': from(56, 0, 1) }],
  ['ReleaseErrorsAlarm', 'one call in each 5 minutes', { '5xx': only({ 0: 1, 5: 1, 10: 1 }), Count: 9 }],
  ['ApiRefusalsAlarm', '99 of 99', { Count: only({ 0: 99 }), '4xx': only({ 0: 99 }) }],
  ['ApiRefusalsAlarm', 'half', { Count: 200, '4xx': 100 }],
  ['ApiLatencyAlarm', '3 s for 5 minutes', { Latency: from(55, 100, 3000) }],
  [
    'ProbeAlarm',
    '30 s, and one run that failed',
    { ProbeSeconds: only({ 0: 30 }).map((s, i) => (i < 5 ? 30 : i < 10 ? null : s)) },
  ],
  ['SendWelcomeEmailLagAlarm', 'no traffic', { OffsetLag: null }],
  ['SendWelcomeEmailErrorsAlarm', '5 %', { Invocations: 100, Errors: 5, Throttles: 0 }],
  ['RecordDeadLetterErrorsAlarm', 'throttles of a narrow consumer', { Invocations: 9, Errors: 0, Throttles: 90 }],
  ['RecordDeadLetterLagAlarm', 'no traffic', { OffsetLag: null }],
  ['RelayOutboxErrorsAlarm', 'no invocation', { Invocations: null, Errors: null, Throttles: null }],
];

describe('the alarms', () => {
  it.each(FIRES)('%s fires: %s', (id, _, figures, minute) => expect(firesAt(id, figures)).toBe(minute));

  it.each(STAYS)('%s stays silent: %s', (id, _, figures) => expect(firesAt(id, figures)).toBeUndefined());

  it('are all in both tables', () => {
    for (const table of [FIRES, STAYS])
      expect([...new Set<string>(table.map(([id]) => id))].sort()).toEqual([...ids].sort());
  });

  it.each([1, 2, 3])('notice a stopped consumer within 15 minutes with a schedule of %i minutes', (scheduleMinutes) => {
    const { StoppedConsumerAlarm: alarm } = alarms({ ...WATCHED, scheduleMinutes });
    // The event counts 5 minutes after its publication, at 0, and is reported by the run after that at the latest.
    const reported = from(5 + scheduleMinutes, 0, 1).map((value, minute) =>
      minute % scheduleMinutes === 0 ? value : null,
    );
    const series = {
      UnconfirmedEvents: reported.map((value) => value ?? undefined),
      PendingMails: Array(MINUTES).fill(0),
    };
    const [first = Infinity] = alarmingPeriods(alarm?.Properties ?? {}, series);

    expect((first + 1) * scheduleMinutes).toBeLessThanOrEqual(15);
  });
});

describe('a schedule', () => {
  it.each(['rate(1 minute)', 'rate(2 minutes)', 'rate(3 minutes)'])('may be %s', (schedule) =>
    expect(scheduleProblem(schedule)).toBeUndefined(),
  );

  it.each(['rate(4 minutes)', 'rate(15 minutes)', 'rate(1 hour)', 'rate(1 minutes)', 'cron(* * * * ? *)', ''])(
    'may not be %j',
    (schedule) => expect(scheduleProblem(schedule)).toContain(`schedule is '${schedule}'`),
  );
});
