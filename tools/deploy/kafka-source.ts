/** Where a deployed mapping's pollers find the brokers and how they get in; empty texts are what is not given. */
export interface KafkaSource {
  /** host:port, comma-separated */
  brokers: string;
  /** of an MSK cluster: then its brokers are asked for by name */
  clusterArn: string;
  credentialsSecretArn: string;
  /** as KAFKA_SASL_MECHANISM */
  mechanism: string;
  caSecretArn: string;
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
 * A `kafka` event of serverless.yml as a stage needs it: with the stage's brokers, network and secrets, or as an `msk` event
 * when there is a cluster to name.
 */
export function deployedEvent(event: KafkaEvent, source: KafkaSource): Record<string, Record<string, unknown>> {
  const { accessConfigurations: _access, bootstrapServers: _servers, ...rest } = event;
  if (source.clusterArn !== '') {
    const login = source.credentialsSecretArn === '' ? {} : { saslScram512: source.credentialsSecretArn };
    return { msk: { arn: source.clusterArn, ...rest, ...login } };
  }
  return { kafka: { ...rest, bootstrapServers: source.brokers.split(','), accessConfigurations: access(source) } };
}
