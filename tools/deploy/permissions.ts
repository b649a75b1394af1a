import type { Resource, Statement } from './types.ts';

function arn(rest: string) {
  return { 'Fn::Sub': `arn:\${AWS::Partition}:${rest}` };
}
const here = `\${AWS::Region}:\${AWS::AccountId}`;

/** @returns what reading the value takes when it is a reference */
export function readingOf(value: string): Statement | undefined {
  const [, kind, name = ''] = /^(ssm|secretsmanager):(\/?[^\s#/][^\s#]*)/.exec(value) ?? [];
  if (kind === 'ssm')
    return {
      Effect: 'Allow',
      Action: ['ssm:GetParameter'],
      Resource: arn(`ssm:${here}:parameter/${name.replace(/^\//, '')}`),
    };
  if (kind !== 'secretsmanager') return undefined;
  // Secrets Manager puts a hyphen and six characters behind the name.
  const secret = name.startsWith('arn:') ? name : arn(`secretsmanager:${here}:secret:${name}-??????`);
  return { Effect: 'Allow', Action: ['secretsmanager:GetSecretValue'], Resource: secret };
}

/** @returns its own log group, which the template makes */
export function ownLog(functionName: string): Statement {
  return {
    Effect: 'Allow',
    Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    Resource: arn(`logs:${here}:log-group:/aws/lambda/${functionName}:*`),
  };
}

/** Lambda itself makes a function's network interfaces, in the function's name; none of these calls knows resources. */
const NETWORK = [
  'ec2:CreateNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DeleteNetworkInterface',
  'ec2:DescribeSubnets',
  'ec2:AssignPrivateIpAddresses',
  'ec2:UnassignPrivateIpAddresses',
];

/** @returns what Lambda needs to put it into a VPC, kept from the function's own code */
export function inVpc(functionName: string): Statement[] {
  return [
    { Effect: 'Allow', Action: NETWORK, Resource: '*' },
    {
      Effect: 'Deny',
      Action: NETWORK,
      Resource: '*',
      Condition: { ArnEquals: { 'lambda:SourceFunctionArn': [arn(`lambda:${here}:function:${functionName}`)] } },
    },
  ];
}

/** What the pollers of a mapping need, which act with the function's role. */
export function polling({ clusterArn, secretArn }: { clusterArn?: string; secretArn?: string }): Statement[] {
  return [
    { Effect: 'Allow', Action: ['ec2:DescribeVpcs', 'ec2:DescribeSecurityGroups'], Resource: '*' },
    ...(clusterArn === undefined
      ? []
      : [
          {
            Effect: 'Allow',
            Action: ['kafka:DescribeCluster', 'kafka:DescribeClusterV2', 'kafka:GetBootstrapBrokers'],
            Resource: clusterArn,
          } as Statement,
        ]),
    ...(secretArn === undefined
      ? []
      : [
          {
            Effect: 'Allow',
            Action: ['secretsmanager:GetSecretValue'],
            Resource: secretArn,
          } as Statement,
        ]),
  ];
}

/** A role for one function alone. */
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

function distinct(statements: Statement[]) {
  return [...new Map(statements.map((entry) => [JSON.stringify(entry), entry])).values()];
}
