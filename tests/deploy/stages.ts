/** Major versions of Node that run the zips: the template's runtime first, then its neighbours among Lambda's runtimes. */
export const NODE_VERSIONS = ['24', '22', '26'] as const;

/** Arguments of `sls package` for the stages, and the kinds of brokers, whose templates are tested. The first has every function. */
export const STAGES = {
  'prod-with-secured-brokers': [
    '--stage',
    'prod',
    '--param',
    'kafkaBrokers=b-1.example.com:9096,b-2.example.com:9096',
    '--param',
    'kafkaCredentials=secretsmanager:registration/prod/kafka',
    '--param',
    'kafkaCredentialsArn=arn:aws:secretsmanager:eu-central-1:123456789012:secret:registration/prod/kafka-AbCdEf',
    '--param',
    'kafkaCaArn=arn:aws:secretsmanager:eu-central-1:123456789012:secret:registration/prod/kafka-ca-AbCdEf',
    '--param',
    'kmsKeyArn=arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555',
    '--param',
    'alarmEmail=operator@example.com',
    '--param',
    'schedule=rate(5 minutes)',
    '--param',
    'probe=true',
    '--param',
    'probeDomain=probe.example.com',
  ],
  local: ['--stage', 'local'],
  dev: ['--stage', 'dev'],
  prod: ['--stage', 'prod'],
  'prod-with-msk': [
    '--stage',
    'prod',
    '--param',
    'kafkaBrokers=b-1.example.com:9096',
    '--param',
    'mskClusterArn=arn:aws:kafka:eu-central-1:123456789012:cluster/registration/11111111-2222-3333-4444-555555555555-1',
    '--param',
    'kafkaPartitions=24',
    '--param',
    'minimumPollers=1',
    '--param',
    'maximumPollers=3',
    '--param',
    'kafkaCredentials=secretsmanager:AmazonMSK_registration',
    '--param',
    'kafkaCredentialsArn=arn:aws:secretsmanager:eu-central-1:123456789012:secret:AmazonMSK_registration-AbCdEf',
  ],
} as const satisfies Record<string, readonly string[]>;

export type StageName = keyof typeof STAGES;
