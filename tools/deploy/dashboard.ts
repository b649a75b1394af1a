import type { MetricName } from '#shared/observability/metrics.ts';
import type { Resource, Resources } from './template.ts';

type Metric = (string | Record<string, unknown>)[];

/**
 * The stage's CloudWatch dashboard.
 * @param namespace of the application's metrics
 * @param functions names of all functions
 * @param alarms whose states the first row shows
 */
export function dashboard(namespace: string, functions: readonly string[], alarms: Resources): Resource {
  const own = (name: MetricName, stat = 'Maximum'): Metric => [namespace, name, 'service', 'registration', { stat }];
  const api = (name: string, stat: string): Metric => ['AWS/ApiGateway', name, 'ApiId', `\${HttpApi}`, { stat }];
  const each = (name: string, stat: string): Metric[] =>
    functions.map((label) => ['AWS/Lambda', name, 'FunctionName', label, { stat }]);

  const charts: [title: string, metrics: Metric[]][] = [
    ['HTTP calls', [api('Count', 'Sum'), api('4xx', 'Sum'), api('5xx', 'Sum')]],
    ['HTTP latency in ms', [api('Latency', 'p50'), api('Latency', 'p95'), api('Latency', 'p99')]],
    [
      'Longest waits in s',
      [
        own('OldestUnpublishedEventSeconds'),
        own('OldestUnconfirmedEventSeconds'),
        own('OldestUnsentMailSeconds'),
        own('ProbeSeconds'),
      ],
    ],
    ['Waiting events', [own('UnconfirmedEvents'), own('PendingMails'), own('DeadLetters', 'Sum')]],
    [
      'Mails',
      [own('MailSent', 'Sum'), own('MailRefused', 'Sum'), own('MailThrottled', 'Sum'), own('MailBlocked', 'Sum')],
    ],
    ['Credentials', [own('WrongCredentials', 'Sum'), own('RefusedCredentialChecks', 'Sum')]],
    ['Database connections in %', [own('DatabaseConnectionsPercent')]],
    ['Records behind', each('OffsetLag', 'Maximum')],
    ['Invocations', each('Invocations', 'Sum')],
    ['Failed invocations', each('Errors', 'Sum')],
    ['Throttled invocations', each('Throttles', 'Sum')],
    ['Duration in ms, p95', each('Duration', 'p95')],
    ['Concurrent executions', each('ConcurrentExecutions', 'Maximum')],
  ];
  const region = `\${AWS::Region}`;
  const states = {
    type: 'alarm',
    ...{ x: 0, y: 0, width: 24, height: 4 },
    properties: { title: 'Alarms', alarms: Object.keys(alarms).map((id) => `\${${id}.Arn}`) },
  };
  const widgets = charts.map(([title, metrics], index) => ({
    type: 'metric',
    ...{ x: 8 * (index % 3), y: 4 + 6 * Math.floor(index / 3), width: 8, height: 6 },
    properties: { title, metrics, region, view: 'timeSeries', period: 60 },
  }));
  return {
    Type: 'AWS::CloudWatch::Dashboard',
    Properties: { DashboardBody: { 'Fn::Sub': JSON.stringify({ widgets: [states, ...widgets] }) } },
  };
}
