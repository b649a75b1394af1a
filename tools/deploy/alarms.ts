import type { MetricName } from '#shared/observability/metrics.ts';
import type { Resource, Resources } from './template.ts';

export interface Watched {
  /** of the application's metrics */
  namespace: string;
  /** subscriber of the topic; empty for none */
  email: string;
  /** logical ids of the functions that event source mappings invoke */
  consumers: string[];
  /** logical ids of the functions that a schedule invokes */
  schedules: string[];
  /** of these, the consumers that reserve less than one invocation per partition, so that throttling is how records wait */
  narrow: ReadonlySet<string>;
  /** between two runs of relayOutbox and deliverDue, which report the application's metrics */
  scheduleMinutes: number;
  /** how long a temporarily refused mail is repeated */
  mailRetryHours: number;
  /** whether the stage registers a user of its own every five minutes */
  hasProbe: boolean;
}

const TOPIC = 'AlarmTopic';
/** Takes a release back. */
export const RELEASE_ALARM = 'ReleaseErrorsAlarm';

function alarm(properties: Record<string, unknown>): Resource {
  return {
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      ComparisonOperator: 'GreaterThanThreshold',
      TreatMissingData: 'notBreaching',
      AlarmActions: [{ Ref: TOPIC }],
      OKActions: [{ Ref: TOPIC }],
      ...properties,
    },
  };
}

/** Requires consecutive breaches, one per period; two at least, because one run may end just after its period. */
function forMinutes(minutes: number, periodMinutes = 1) {
  const periods = Math.max(2, Math.ceil(minutes / periodMinutes));
  return { Period: 60 * periodMinutes, EvaluationPeriods: periods, DatapointsToAlarm: periods };
}

function applicationMetric(namespace: string, MetricName: MetricName) {
  return {
    Namespace: namespace,
    MetricName,
    Dimensions: [{ Name: 'service', Value: 'registration' }],
  };
}

function byFunction(functionId: string) {
  return [{ Name: 'FunctionName', Value: { Ref: functionId } }];
}

interface Figure {
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Dimensions: unknown[];
}

/** Watches an expression over sums (or another statistic) of metrics, which it names by their keys. */
function expression(Expression: string, Label: string, Period: number, figures: Record<string, Figure>, Stat = 'Sum') {
  const inputs = Object.entries(figures).map(([Id, Metric]) => ({
    Id,
    ReturnData: false,
    MetricStat: { Metric, Period, Stat },
  }));
  return { Metrics: [...inputs, { Id: 'result', Expression, Label }] };
}

/** A throttled invocation is not counted as one. Where all are throttled, the other figures are missing. */
const FAILED_OR_THROTTLED =
  'IF(FILL(calls, 0) + FILL(throttles, 0) > 0, 100 * (FILL(errors, 0) + FILL(throttles, 0)) / (FILL(calls, 0) + FILL(throttles, 0)), 0)';
const FAILED = 'IF(FILL(calls, 0) > 0, 100 * FILL(errors, 0) / FILL(calls, 0), 0)';

/** 'RelayOutboxLambdaFunction' → 'RelayOutbox' */
function shortName(functionId: string): string {
  return functionId.replace(/LambdaFunction$/, '');
}

/**
 * The alarms of a stage and their SNS topic. relayOutbox and deliverDue report the application's metrics once per run; where a
 * missing figure means that one of them does not run, missing data breaches. docs/operations.md says what each alarm asks for.
 */
export function alarms(watched: Watched): Resources {
  const { namespace, email, consumers, schedules, narrow, scheduleMinutes, mailRetryHours, hasProbe } = watched;
  const own = (name: MetricName) => applicationMetric(namespace, name);
  const api = (MetricName: string) => ({
    Namespace: 'AWS/ApiGateway',
    MetricName,
    Dimensions: [{ Name: 'ApiId', Value: { Ref: 'HttpApi' } }],
  });
  const lambda = (id: string, MetricName: string) => ({
    Namespace: 'AWS/Lambda',
    MetricName,
    Dimensions: byFunction(id),
  });
  const perRun = { ...forMinutes(5, scheduleMinutes), TreatMissingData: 'breaching' };
  const once = { Period: 300, EvaluationPeriods: 1 };

  const resources: Resources = {
    [TOPIC]: {
      Type: 'AWS::SNS::Topic',
      Properties: email === '' ? {} : { Subscription: [{ Protocol: 'email', Endpoint: email }] },
    },
    DeadLettersAlarm: alarm({
      AlarmDescription: 'A registration became FAILED, or a message could not be read: GET /api/dead-letters.',
      ...own('DeadLetters'),
      Statistic: 'Sum',
      ...once,
      Threshold: 0,
    }),
    UnpublishedEventsAlarm: alarm({
      AlarmDescription: 'A committed event has not reached the brokers for 5 minutes, or relayOutbox does not run.',
      ...own('OldestUnpublishedEventSeconds'),
      Statistic: 'Maximum',
      ...perRun,
      Threshold: 300,
    }),
    // An event whose mail is pending waits for the mail server. Any other is lost between topic and consumer, at any rate.
    StoppedConsumerAlarm: alarm({
      AlarmDescription:
        'Published events are neither confirmed nor pending as mails: a consumer or its mapping does not run.',
      ...expression(
        'unconfirmed - pending',
        'events that no consumer handles',
        60 * scheduleMinutes,
        { unconfirmed: own('UnconfirmedEvents'), pending: own('PendingMails') },
        'Maximum',
      ),
      EvaluationPeriods: perRun.EvaluationPeriods,
      DatapointsToAlarm: perRun.DatapointsToAlarm,
      TreatMissingData: 'breaching',
      Threshold: 0,
    }),
    UnconfirmedEventsAlarm: alarm({
      AlarmDescription: `An event has been unconfirmed for longer than mails are repeated (${mailRetryHours} h).`,
      ...own('OldestUnconfirmedEventSeconds'),
      Statistic: 'Maximum',
      ...perRun,
      Threshold: (mailRetryHours + 2) * 3600,
    }),
    UnsentMailsAlarm: alarm({
      AlarmDescription: 'A mail has not been sent for 15 minutes: the mail server is down, or deliverDue does not run.',
      ...own('OldestUnsentMailSeconds'),
      Statistic: 'Maximum',
      ...perRun,
      Threshold: 900,
    }),
    ThrottledMailsAlarm: alarm({
      AlarmDescription:
        'The mail server has been throttling for 15 minutes: raise its quota or lower mailRatePerSecond.',
      ...own('MailThrottled'),
      Statistic: 'Sum',
      Period: 300,
      EvaluationPeriods: 3,
      Threshold: 0,
    }),
    BlockedMailsAlarm: alarm({
      AlarmDescription:
        "A mail server refused a mail because of the sender: check the domain's reputation and records.",
      ...own('MailBlocked'),
      Statistic: 'Sum',
      ...once,
      Threshold: 0,
    }),
    RefusedMailsAlarm: alarm({
      AlarmDescription: 'More than 5 % of the mails of an hour are refused, and at least 20.',
      ...expression(
        'IF(FILL(refused, 0) >= 20, 100 * refused / (refused + FILL(sent, 0)), 0)',
        'refused mails in %',
        3600,
        {
          refused: own('MailRefused'),
          sent: own('MailSent'),
        },
      ),
      EvaluationPeriods: 1,
      Threshold: 5,
    }),
    CredentialGuessesAlarm: alarm({
      AlarmDescription: 'More than 100 wrong or refused credentials in 5 minutes: they are being guessed.',
      ...expression('FILL(wrong, 0) + FILL(refused, 0)', 'wrong credentials', 300, {
        wrong: own('WrongCredentials'),
        refused: own('RefusedCredentialChecks'),
      }),
      EvaluationPeriods: 1,
      Threshold: 100,
    }),
    DatabaseConnectionsAlarm: alarm({
      AlarmDescription: "More than 80 % of a database server's connections are open.",
      ...own('DatabaseConnectionsPercent'),
      Statistic: 'Maximum',
      ...forMinutes(5, scheduleMinutes),
      Threshold: 80,
    }),
    ApiErrorsAlarm: alarm({
      AlarmDescription: 'More than 1 % of the HTTP calls end with 5xx.',
      ...api('5xx'),
      Statistic: 'Average',
      ...forMinutes(5),
      Threshold: 0.01,
    }),
    // While a release shifts 10 % of the calls, the share above stays low. A count needs no traffic to compare with.
    [RELEASE_ALARM]: alarm({
      AlarmDescription: 'Two HTTP calls of 5 minutes ended with 5xx: a release that is shifting is taken back.',
      ...api('5xx'),
      Statistic: 'Sum',
      ...once,
      Threshold: 1,
      // Two errors alone do not justify a mail.
      AlarmActions: [],
      OKActions: [],
    }),
    ApiRefusalsAlarm: alarm({
      AlarmDescription: 'More than half of the HTTP calls of 15 minutes end with 4xx, and at least 100.',
      ...expression('IF(calls >= 100, 100 * refused / calls, 0)', 'refused calls in %', 900, {
        calls: api('Count'),
        refused: api('4xx'),
      }),
      EvaluationPeriods: 1,
      Threshold: 50,
    }),
    ApiLatencyAlarm: alarm({
      AlarmDescription: 'One of 20 HTTP calls takes longer than 2 s.',
      ...api('Latency'),
      ExtendedStatistic: 'p95',
      ...forMinutes(10, 5),
      Threshold: 2000,
    }),
  };
  if (hasProbe) {
    resources.ProbeAlarm = alarm({
      AlarmDescription: "The probe's registration takes longer than 30 s from the call to the confirmation, or fails.",
      ...own('ProbeSeconds'),
      Statistic: 'Maximum',
      ...forMinutes(10, 5),
      TreatMissingData: 'breaching',
      Threshold: 30,
    });
  }
  for (const id of consumers) {
    resources[`${shortName(id)}LagAlarm`] = alarm({
      AlarmDescription: `${shortName(id)} is more than 1000 records behind its topic.`,
      ...lambda(id, 'OffsetLag'),
      Statistic: 'Maximum',
      ...forMinutes(5),
      Threshold: 1000,
    });
  }
  for (const id of [...consumers, ...schedules]) {
    const isNarrow = narrow.has(id);
    resources[`${shortName(id)}ErrorsAlarm`] = alarm({
      AlarmDescription: `More than 5 % of the invocations of ${shortName(id)} fail${isNarrow ? '' : ' or are throttled'}.`,
      ...expression(isNarrow ? FAILED : FAILED_OR_THROTTLED, 'failed invocations in %', 300, {
        errors: lambda(id, 'Errors'),
        calls: lambda(id, 'Invocations'),
        ...(isNarrow ? {} : { throttles: lambda(id, 'Throttles') }),
      }),
      EvaluationPeriods: 1,
      Threshold: 5,
    });
  }
  return resources;
}
