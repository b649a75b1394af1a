import type { Resource, Resources } from './template.ts';

export interface Watched {
  /** of the application's metrics */
  namespace: string;
  /** subscriber of the topic; empty for none */
  email: string;
  /** logical ids of the functions that event source mappings invoke */
  consumers: string[];
  /** logical ids of the functions that a schedule invokes every minute */
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

/** Requires consecutive breaches of one minute each. */
function forMinutes(minutes: number) {
  return {
    Period: 60,
    EvaluationPeriods: minutes,
    DatapointsToAlarm: minutes,
  };
}

function applicationMetric(namespace: string, MetricName: string) {
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

/** 'RelayOutboxLambdaFunction' → 'RelayOutbox' */
function shortName(functionId: string): string {
  return functionId.replace(/LambdaFunction$/, '');
}

/**
 * The alarms of a stage and their SNS topic. relayOutbox and deliverDue report the application's metrics every minute,
 * recordDeadLetter with each batch, updateUser with each wrong password.
 */
export function alarms({ namespace, email, consumers, schedules }: Watched): Resources {
  const resources: Resources = {
    [TOPIC]: {
      Type: 'AWS::SNS::Topic',
      Properties: email === '' ? {} : { Subscription: [{ Protocol: 'email', Endpoint: email }] },
    },
    DeadLettersAlarm: alarm({
      AlarmDescription: 'A registration became FAILED, or a message could not be read: GET /api/dead-letters.',
      ...applicationMetric(namespace, 'DeadLetters'),
      Statistic: 'Sum',
      Period: 300,
      EvaluationPeriods: 1,
      Threshold: 0,
    }),
    // A relay that does not run reports nothing, so missing data breaches.
    UnpublishedEventsAlarm: alarm({
      AlarmDescription: 'A committed event has not reached the brokers for 5 minutes, or relayOutbox does not run.',
      ...applicationMetric(namespace, 'OldestUnpublishedEventSeconds'),
      Statistic: 'Maximum',
      ...forMinutes(5),
      Threshold: 300,
      TreatMissingData: 'breaching',
    }),
    UnsentMailsAlarm: alarm({
      AlarmDescription: 'A mail has not been sent for 15 minutes: the mail server is down, or deliverDue does not run.',
      ...applicationMetric(namespace, 'OldestUnsentMailSeconds'),
      Statistic: 'Maximum',
      ...forMinutes(5),
      Threshold: 900,
      TreatMissingData: 'breaching',
    }),
    CredentialGuessesAlarm: alarm({
      AlarmDescription: 'More than 100 wrong credentials in 5 minutes: they are being guessed.',
      ...applicationMetric(namespace, 'WrongCredentials'),
      Statistic: 'Sum',
      Period: 300,
      EvaluationPeriods: 1,
      Threshold: 100,
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
    resources[`${shortName(id)}LagAlarm`] = alarm({
      AlarmDescription: `${shortName(id)} is more than 1000 records behind its topic.`,
      Namespace: 'AWS/Lambda',
      MetricName: 'OffsetLag',
      Dimensions: byFunction(id),
      Statistic: 'Maximum',
      ...forMinutes(5),
      Threshold: 1000,
    });
  }
  for (const id of [...consumers, ...schedules]) {
    resources[`${shortName(id)}ErrorsAlarm`] = alarm({
      AlarmDescription: `More than 5 % of the invocations of ${shortName(id)} fail.`,
      ...errorRate(id),
    });
  }
  return resources;
}
