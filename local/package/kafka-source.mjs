/**
 * Where a deployed mapping's pollers find the brokers and how they get in; empty texts are what is not given.
 *
 * @typedef {object} KafkaSource
 * @property {string} brokers host:port, comma-separated
 * @property {string} clusterArn of an MSK cluster: then its brokers are asked for by name
 * @property {string} credentialsSecretArn
 * @property {string} mechanism as KAFKA_SASL_MECHANISM
 * @property {string} caSecretArn
 * @property {string[]} subnetIds
 * @property {string[]} securityGroupIds
 *
 * @typedef {{ topic: string, accessConfigurations?: unknown, bootstrapServers?: unknown } & Record<string, unknown>} KafkaEvent
 */

/** @type {Record<string, string>} */
const AUTHENTICATION = {
  plain: 'saslPlainAuth',
  'scram-sha-256': 'saslScram256Auth',
  'scram-sha-512': 'saslScram512Auth',
  certificate: 'clientCertificateTlsAuth',
};

/** @param {KafkaSource} source */
const access = ({ subnetIds, securityGroupIds, credentialsSecretArn, mechanism, caSecretArn }) => ({
  vpcSubnet: subnetIds,
  vpcSecurityGroup: securityGroupIds,
  ...(credentialsSecretArn === '' ? {} : { [AUTHENTICATION[mechanism] ?? 'saslScram512Auth']: [credentialsSecretArn] }),
  ...(caSecretArn === '' ? {} : { serverRootCaCertificate: [caSecretArn] }),
});

/**
 * A `kafka` event of serverless.yml as a stage needs it: with the stage's brokers, network and secrets, or as an `msk` event
 * when there is a cluster to name.
 * @param {KafkaEvent} event
 * @param {KafkaSource} source
 * @returns {Record<string, Record<string, unknown>>}
 */
export function deployedEvent(event, source) {
  const { accessConfigurations: _access, bootstrapServers: _servers, ...rest } = event;
  if (source.clusterArn !== '') {
    const login = source.credentialsSecretArn === '' ? {} : { saslScram512: source.credentialsSecretArn };
    return { msk: { arn: source.clusterArn, ...rest, ...login } };
  }
  return { kafka: { ...rest, bootstrapServers: source.brokers.split(','), accessConfigurations: access(source) } };
}
