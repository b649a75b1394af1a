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
    const login = source.credentialsSecretArn === '' ? {} : { saslScram512: source.credentialsSecretArn };
    return { msk: { arn: source.clusterArn, ...rest, ...login } };
  }
  return { kafka: { ...rest, bootstrapServers: source.brokers.split(','), accessConfigurations: access(source) } };
}
