import { parseReference } from '#shared/config/reference.ts';
import type { Resource, Value } from './template.ts';

/** A statement of an IAM policy. */
export type Statement = {
  Effect: 'Allow' | 'Deny';
  Action: string[];
  Resource: Value | Value[];
  Condition?: Record<string, unknown>;
};

const REGION_AND_ACCOUNT = `\${AWS::Region}:\${AWS::AccountId}`;

function arn(rest: string): Value {
  return { 'Fn::Sub': `arn:\${AWS::Partition}:${rest}` };
}

function allow(action: string | string[], resource: Value): Statement {
  return { Effect: 'Allow', Action: [action].flat(), Resource: resource };
}

/** @returns the permission to resolve a reference; undefined for any other value */
export function readingOf(value: string): Statement | undefined {
  const reference = parseReference(value);
  if (reference === undefined || reference.kind === 'file') return undefined;
  const { kind, name } = reference;
  if (kind === 'ssm')
    return allow('ssm:GetParameters', arn(`ssm:${REGION_AND_ACCOUNT}:parameter/${name.replace(/^\//, '')}`));
  // Secrets Manager appends a hyphen and six characters to the name.
  const secret = name.startsWith('arn:') ? name : arn(`secretsmanager:${REGION_AND_ACCOUNT}:secret:${name}-??????`);
  return allow('secretsmanager:GetSecretValue', secret);
}

/** @returns the permission to write the function's own log group, which the template creates */
export function ownLog(functionName: string): Statement {
  return allow(
    ['logs:CreateLogStream', 'logs:PutLogEvents'],
    arn(`logs:${REGION_AND_ACCOUNT}:log-group:/aws/lambda/${functionName}:*`),
  );
}

/** @returns the permission to write X-Ray traces, which supports no resource ARN */
export function writingTraces(): Statement {
  return allow(['xray:PutTraceSegments', 'xray:PutTelemetryRecords'], '*');
}

/** @returns the permission to decrypt with a customer-managed key */
export function decrypting(keyArn: string): Statement {
  return allow('kms:Decrypt', keyArn);
}

/** Lambda manages a function's network interfaces with the function's role. These actions support no resource ARN. */
const NETWORK = [
  'ec2:CreateNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DeleteNetworkInterface',
  'ec2:DescribeSubnets',
  'ec2:AssignPrivateIpAddresses',
  'ec2:UnassignPrivateIpAddresses',
];

/** @returns what Lambda needs to attach the function to a VPC, denied to the function's own code */
export function inVpc(functionName: string): Statement[] {
  const ownCode = arn(`lambda:${REGION_AND_ACCOUNT}:function:${functionName}`);
  return [
    allow(NETWORK, '*'),
    {
      Effect: 'Deny',
      Action: NETWORK,
      Resource: '*',
      Condition: { ArnEquals: { 'lambda:SourceFunctionArn': [ownCode] } },
    },
  ];
}

/** @returns what the pollers of a mapping need; they use the function's role */
export function polling({ clusterArn, secretArn }: { clusterArn?: string; secretArn?: string }): Statement[] {
  const describeCluster = ['kafka:DescribeCluster', 'kafka:DescribeClusterV2', 'kafka:GetBootstrapBrokers'];
  return [
    allow(['ec2:DescribeVpcs', 'ec2:DescribeSecurityGroups'], '*'),
    ...(clusterArn === undefined ? [] : [allow(describeCluster, clusterArn)]),
    ...(secretArn === undefined ? [] : [allow('secretsmanager:GetSecretValue', secretArn)]),
  ];
}

const ON_TOPICS = {
  consume: ['DescribeTopic', 'ReadData'],
  produce: ['DescribeTopic', 'WriteData'],
  prepare: [
    ...['DescribeTopic', 'CreateTopic', 'AlterTopic'],
    ...['DescribeTopicDynamicConfiguration', 'AlterTopicDynamicConfiguration'],
  ],
} as const;

/**
 * @param topics the stage's topics, with wildcards
 * @param groups consumer groups of the function's mappings
 * @returns what a function may do on an MSK cluster that authenticates with IAM
 */
export function onMsk(
  clusterArn: string,
  topics: string,
  { does, groups }: { does: Array<keyof typeof ON_TOPICS>; groups: string[] },
): Statement[] {
  const named = (kind: string, name: string) => `${clusterArn.replace(':cluster/', `:${kind}/`)}/${name}`;
  const may = (actions: readonly string[], resource: string) =>
    allow(
      actions.map((action) => `kafka-cluster:${action}`),
      resource,
    );
  return [
    ...(does.length === 0 ? [] : [may(['Connect', 'DescribeClusterDynamicConfiguration'], clusterArn)]),
    ...does.map((what) => may(ON_TOPICS[what], named('topic', topics))),
    ...groups.map((group) => may(['DescribeGroup', 'AlterGroup'], named('group', group))),
  ];
}

/** @returns a role that only one function assumes */
export function roleWith(policyName: string, statements: Statement[]): Resource {
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: { Service: ['lambda.amazonaws.com'] }, Action: ['sts:AssumeRole'] }],
      },
      Policies: [
        { PolicyName: policyName, PolicyDocument: { Version: '2012-10-17', Statement: distinct(statements) } },
      ],
    },
  };
}

function distinct(statements: Statement[]): Statement[] {
  return [...new Map(statements.map((entry) => [JSON.stringify(entry), entry])).values()];
}
