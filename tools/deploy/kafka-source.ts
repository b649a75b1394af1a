import type { Resources } from './template.ts';

/** How the pollers of a deployed mapping reach the brokers. An empty text means "not configured". */
export interface KafkaSource {
  /** host:port, comma-separated */
  brokers: string;
  /** if set, the mapping names this MSK cluster instead of brokers */
  clusterArn: string;
  credentialsSecretArn: string;
  /** as KAFKA_SASL_MECHANISM */
  mechanism: string;
  caSecretArn: string;
  /** provisioned pollers of each mapping */
  minimumPollers: string;
  maximumPollers: string;
  subnetIds: string[];
  securityGroupIds: string[];
}

export type KafkaEvent = { topic: string; accessConfigurations?: unknown; bootstrapServers?: unknown } & Record<
  string,
  unknown
>;

const AUTHENTICATION: Record<string, string> = {
  plain: 'saslPlainAuth',
  'scram-sha-256': 'saslScram256Auth',
  'scram-sha-512': 'saslScram512Auth',
  certificate: 'clientCertificateTlsAuth',
};

function access({ subnetIds, securityGroupIds, credentialsSecretArn, mechanism, caSecretArn }: KafkaSource) {
  return {
    vpcSubnet: subnetIds,
    vpcSecurityGroup: securityGroupIds,
    ...(credentialsSecretArn === ''
      ? {}
      : { [AUTHENTICATION[mechanism] ?? 'saslScram512Auth']: [credentialsSecretArn] }),
    ...(caSecretArn === '' ? {} : { serverRootCaCertificate: [caSecretArn] }),
  };
}

/** The ports at which MSK's brokers accept each mechanism, inside and outside the VPC. */
const MSK_PORTS: Record<string, string[]> = {
  'scram-sha-512': ['9096', '9196'],
  certificate: ['9094', '9194'],
  iam: ['9098', '9198'],
};

/** Whether the cluster is MSK Serverless: the last part of its ARN ends in '-s' and a number. */
export function isServerless(clusterArn: string): boolean {
  return /-s\d+$/.test(clusterArn);
}

/** @returns the first parameter that is not a whole number in its bounds, those of AWS */
function numberProblem(numbers: ReadonlyArray<readonly [name: string, given: string | number, most: number]>) {
  const wrong = numbers.find(([, given, most]) => !/^[1-9]\d*$/.test(String(given)) || Number(given) > most);
  return wrong && `${wrong[0]} is '${wrong[1]}' instead of a whole number from 1 to ${wrong[2]}`;
}

/** @returns what AWS would reject only after minutes, or at the first message; undefined if nothing is wrong */
export function kafkaProblem(
  source: KafkaSource & { credentials: string; tls: string; partitions: string | number },
): string | undefined {
  const { partitions, minimumPollers, maximumPollers } = source;
  const pollers: Parameters<typeof numberProblem>[0] = [
    ['minimumPollers', minimumPollers, 200],
    ['maximumPollers', maximumPollers, 2000],
  ];
  const problem = numberProblem([
    ['kafkaPartitions', partitions, 1000],
    ...pollers.filter(([, given]) => given !== ''),
  ]);
  if (problem !== undefined) return problem;
  if (maximumPollers !== '' && minimumPollers === '') return 'maximumPollers needs minimumPollers';
  if (maximumPollers !== '' && Number(minimumPollers) > Number(maximumPollers))
    return `minimumPollers=${minimumPollers} exceeds maximumPollers=${maximumPollers}`;
  const { clusterArn, mechanism, credentials, credentialsSecretArn, brokers, tls } = source;
  const ports = brokers.split(',').map((broker) => broker.split(':').at(-1) ?? '');
  if ((credentials === '') !== (credentialsSecretArn === ''))
    return 'kafkaCredentials (for the functions) and kafkaCredentialsArn (for the pollers) must be set together';
  const hasLogin = credentials !== '';
  if (mechanism === 'iam' && clusterArn === '') return 'kafkaMechanism=iam needs mskClusterArn';
  if (mechanism === 'iam' && hasLogin)
    return "kafkaMechanism=iam uses the functions' roles: leave kafkaCredentials empty";
  if (mechanism === 'certificate' && !hasLogin) return 'kafkaMechanism=certificate needs kafkaCredentials';
  if ((mechanism === 'iam' || mechanism === 'certificate') && tls === 'off')
    return `kafkaMechanism=${mechanism} needs TLS, but kafkaTls is off`;
  if (clusterArn === '') return undefined;
  if (isServerless(clusterArn) && mechanism !== 'iam') return 'MSK Serverless supports only kafkaMechanism=iam';
  const allowed = MSK_PORTS[mechanism];
  if (allowed === undefined) return `MSK does not support kafkaMechanism=${mechanism}`;
  if ((hasLogin || mechanism === 'iam') && !ports.every((port) => allowed.includes(port)))
    return `MSK accepts kafkaMechanism=${mechanism} at port ${allowed.join(' or ')}, but kafkaBrokers has ${ports.join(', ')}`;
  return undefined;
}

/**
 * Replaces the local brokers of a `kafka` event with the stage's brokers, network and secrets. With an MSK cluster the event
 * becomes an `msk` event.
 */
export function deployedEvent(event: KafkaEvent, source: KafkaSource): Record<string, Record<string, unknown>> {
  const { accessConfigurations: _access, bootstrapServers: _servers, ...own } = event;
  const minimumPollers = Number(source.minimumPollers);
  const maximumPollers = Number(source.maximumPollers || source.minimumPollers);
  const rest = minimumPollers > 0 ? { ...own, provisionedPollerConfig: { minimumPollers, maximumPollers } } : own;
  if (source.clusterArn !== '') {
    // osls knows no other login: withCertificates corrects the type. Without a login, IAM decides.
    const login = source.credentialsSecretArn === '' ? {} : { saslScram512: source.credentialsSecretArn };
    return { msk: { arn: source.clusterArn, ...rest, ...login } };
  }
  return { kafka: { ...rest, bootstrapServers: source.brokers.split(','), accessConfigurations: access(source) } };
}

/** Corrects the MSK mappings of a cluster that requires client certificates. @param resources changed in place */
export function withCertificates(resources: Resources): void {
  for (const { Type, Properties } of Object.values(resources)) {
    if (Type !== 'AWS::Lambda::EventSourceMapping' || Properties?.EventSourceArn === undefined) continue;
    const [{ URI } = {}] = (Properties.SourceAccessConfigurations ?? []) as Array<{ URI?: string }>;
    Properties.SourceAccessConfigurations = [{ Type: 'CLIENT_CERTIFICATE_TLS_AUTH', URI }];
  }
}
