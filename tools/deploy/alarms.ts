import type { Resource, Resources } from './types.ts';


export interface Watched {
  /** of our own metrics */
  namespace: string;
  /** who is told; empty: nobody is subscribed */
  email: string;
  /** logical ids of the functions that event source mappings invoke */
  consumers: string[];
  /** logical ids of the functions that run every minute */
  schedules: string[];
}

const TOPIC = 'AlarmTopic';

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

/** For so many minutes in a row. */
function forMinutes(minutes: number) {
  return {
    Period: 60,
    EvaluationPeriods: minutes,
    DatapointsToAlarm: minutes,
  };
}

function ours(namespace: string, MetricName: string) {
  return {
    Namespace: namespace,
    MetricName,
    Dimensions: [{ Name: 'service', Value: 'registration' }],
  };
}

function byFunction(functionId: string) {
  return [{ Name: 'FunctionName', Value: { Ref: functionId } }];
}

function errorRate(functionId: string) {
  const metric = (Id: string, MetricName: string) => ({
    Id,
    ReturnData: false,
    MetricStat: {
      Metric: { Namespace: 'AWS/Lambda', MetricName, Dimensions: byFunction(functionId) },
      Period: 300,
      Stat: 'Sum',
    },
  });
  return {
    Metrics: [
      metric('errors', 'Errors'),
      metric('calls', 'Invocations'),
      { Id: 'rate', Expression: '100 * errors / MAX([calls, 1])', Label: 'failed invocations in %' },
    ],
    EvaluationPeriods: 1,
    Threshold: 5,
  };
}

/** @param functionId 'RelayOutboxLambdaFunction' → 'RelayOutbox' */
function short(functionId: string) {
  return functionId.replace(/LambdaFunction$/, '');
}

/**
 * What wakes somebody up. Our own metrics come from relayOutbox and deliverDue, which report each minute, and from
 * recordDeadLetter.
 */
export function alarms({ namespace, email, consumers, schedules }: Watched): Resources {
  const resources: Resources = {
    [TOPIC]: {
      Type: 'AWS::SNS::Topic',
      Properties: email === '' ? {} : { Subscription: [{ Protocol: 'email', Endpoint: email }] },
    },
    DeadLettersAlarm: alarm({
      AlarmDescription: 'A registration became FAILED, or a message could not be read: GET /api/dead-letters.',
      ...ours(namespace, 'DeadLetters'),
      Statistic: 'Sum',
      Period: 300,
      EvaluationPeriods: 1,
      Threshold: 0,
    }),
    // Without a relay there is no figure, which is worse than a high one.
    UnpublishedEventsAlarm: alarm({
      AlarmDescription: 'A committed event has not reached the brokers for 5 minutes, or relayOutbox does not run.',
      ...ours(namespace, 'OldestUnpublishedEventSeconds'),
      Statistic: 'Maximum',
      ...forMinutes(5),
      Threshold: 300,
      TreatMissingData: 'breaching',
    }),
    UnsentMailsAlarm: alarm({
      AlarmDescription: 'A mail has not been sent for 15 minutes: the mail server is down, or deliverDue does not run.',
      ...ours(namespace, 'OldestUnsentMailSeconds'),
      Statistic: 'Maximum',
      ...forMinutes(5),
      Threshold: 900,
      TreatMissingData: 'breaching',
    }),
    ApiErrorsAlarm: alarm({
      AlarmDescription: 'More than 1 % of the HTTP calls end with 5xx.',
      Namespace: 'AWS/ApiGateway',
      MetricName: '5xx',
      Dimensions: [{ Name: 'ApiId', Value: { Ref: 'HttpApi' } }],
      Statistic: 'Average',
      ...forMinutes(5),
      Threshold: 0.01,
    }),
  };
  for (const id of consumers) {
    resources[`${short(id)}LagAlarm`] = alarm({
      AlarmDescription: `${short(id)} is more than 1000 records behind its topic.`,
      Namespace: 'AWS/Lambda',
      MetricName: 'OffsetLag',
      Dimensions: byFunction(id),
      Statistic: 'Maximum',
      ...forMinutes(5),
      Threshold: 1000,
    });
  }
  for (const id of [...consumers, ...schedules]) {
    resources[`${short(id)}ErrorsAlarm`] = alarm({
      AlarmDescription: `More than 5 % of the invocations of ${short(id)} fail.`,
      ...errorRate(id),
    });
  }
  return resources;
}
