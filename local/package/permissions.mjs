/**
 * @typedef {import('./types.mjs').Statement} Statement
 * @typedef {import('./types.mjs').Value} Value
 */

const arn = (/** @type {string} */ rest) => ({ 'Fn::Sub': `arn:\${AWS::Partition}:${rest}` });
const here = `\${AWS::Region}:\${AWS::AccountId}`;

/** @param {string} value @returns {Statement | undefined} what reading the value takes when it is a reference */
export function readingOf(value) {
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

/** @param {string} functionName @returns {Statement} its own log group, which the template makes */
export const ownLog = (functionName) => ({
  Effect: 'Allow',
  Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
  Resource: arn(`logs:${here}:log-group:/aws/lambda/${functionName}:*`),
});

/** Lambda itself makes a function's network interfaces, in the function's name; none of these calls knows resources. */
const NETWORK = [
  'ec2:CreateNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DeleteNetworkInterface',
  'ec2:DescribeSubnets',
  'ec2:AssignPrivateIpAddresses',
  'ec2:UnassignPrivateIpAddresses',
];

/** @param {string} functionName @returns {Statement[]} what Lambda needs to put it into a VPC, kept from the function's own code */
export const inVpc = (functionName) => [
  { Effect: 'Allow', Action: NETWORK, Resource: '*' },
  {
    Effect: 'Deny',
    Action: NETWORK,
    Resource: '*',
    Condition: { ArnEquals: { 'lambda:SourceFunctionArn': [arn(`lambda:${here}:function:${functionName}`)] } },
  },
];

/**
 * What the pollers of a mapping need, which act with the function's role.
 * @param {{ clusterArn?: string, secretArn?: string }} source
 * @returns {Statement[]}
 */
export const polling = ({ clusterArn, secretArn }) => [
  { Effect: 'Allow', Action: ['ec2:DescribeVpcs', 'ec2:DescribeSecurityGroups'], Resource: '*' },
  ...(clusterArn === undefined
    ? []
    : [
        /** @type {Statement} */ ({
          Effect: 'Allow',
          Action: ['kafka:DescribeCluster', 'kafka:DescribeClusterV2', 'kafka:GetBootstrapBrokers'],
          Resource: clusterArn,
        }),
      ]),
  ...(secretArn === undefined
    ? []
    : [
        /** @type {Statement} */ ({
          Effect: 'Allow',
          Action: ['secretsmanager:GetSecretValue'],
          Resource: secretArn,
        }),
      ]),
];

/**
 * A role for one function alone.
 * @param {string} policyName
 * @param {Statement[]} statements
 * @returns {import('./types.mjs').Resource}
 */
export const roleWith = (policyName, statements) => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: ['lambda.amazonaws.com'] }, Action: ['sts:AssumeRole'] }],
    },
    Policies: [{ PolicyName: policyName, PolicyDocument: { Version: '2012-10-17', Statement: distinct(statements) } }],
  },
});

/** @param {Statement[]} statements */
const distinct = (statements) => [...new Map(statements.map((entry) => [JSON.stringify(entry), entry])).values()];
