import { type OwnServer, required, startOwnMariadb, startOwnServer } from '#tests/helpers/own-server.ts';
import { ensurePrograms } from '#tools/local/install/native.ts';
import { freePorts } from '#tools/local/process/ports.ts';
import { runKafkaTool, startKafka } from '#tools/local/services/kafka.ts';
import { startRedis } from '#tools/local/services/redis.ts';
import type { Authority } from './certificates.ts';

/** Starts MariaDB that accepts only encrypted connections. */
export async function startSecuredMariadb(authority: Authority, host = 'localhost'): Promise<OwnServer> {
  const { certFile, keyFile } = await authority.issue(host);
  return startOwnMariadb([
    `--ssl-ca=${authority.caFile}`,
    `--ssl-cert=${certFile}`,
    `--ssl-key=${keyFile}`,
    '--require-secure-transport=ON',
  ]);
}

/** Starts Redis that accepts only encrypted connections of one user with a password. */
export async function startSecuredRedis(authority: Authority, password: string): Promise<OwnServer> {
  const { redis } = await ensurePrograms(['redis']);
  const { certFile, keyFile } = await authority.issue('localhost');
  const [port = 0] = await freePorts(1);
  const options = ['--tls-port', `${port}`, '--tls-cert-file', certFile, '--tls-key-file', keyFile];
  const more = ['--tls-ca-cert-file', authority.caFile, '--tls-auth-clients', 'no'];
  // The start checks readiness on the plain port, where only PING is allowed.
  const anonymous = ['--user', 'default', 'on', 'nopass', 'resetkeys', '-@all', '+ping'];
  const user = ['--user', 'registration', 'on', `>${password}`, '~*', '&*', '+@all'];
  const { stop } = await startOwnServer(
    (context) => startRedis(context, required(redis)),
    [...options, ...more, ...anonymous, ...user],
  );
  return { port, stop };
}

export interface SecuredKafka extends OwnServer {
  /** port where a client must present a certificate */
  readonly certificatePort: number;
  setPassword(password: string): Promise<void>;
}

/** Starts Kafka with a listener for SASL over TLS and one for client certificates. */
export async function startSecuredKafka(authority: Authority): Promise<SecuredKafka> {
  const { java } = await ensurePrograms(['kafka']);
  const program = required(java);
  const { pemFile } = await authority.issue('localhost');
  const [plain = 0, port = 0, certificatePort = 0, controller = 0] = await freePorts(4);
  const listeners = (host: string) =>
    `PLAINTEXT://${host}:${plain},LOGIN://${host}:${port},CERTIFICATE://${host}:${certificatePort}`;
  const pem = (name: string) => [
    `listener.name.${name}.ssl.keystore.type=PEM`,
    `listener.name.${name}.ssl.keystore.location=${pemFile}`,
    `listener.name.${name}.ssl.truststore.type=PEM`,
    `listener.name.${name}.ssl.truststore.location=${authority.caFile}`,
  ];
  const scram = 'org.apache.kafka.common.security.scram.ScramLoginModule required;';
  const properties = [
    `listeners=${listeners('localhost')},CONTROLLER://127.0.0.1:${controller}`,
    `advertised.listeners=${listeners('localhost')}`,
    `controller.quorum.voters=1@127.0.0.1:${controller}`,
    'listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,LOGIN:SASL_SSL,CERTIFICATE:SSL',
    'sasl.enabled.mechanisms=SCRAM-SHA-512',
    `listener.name.login.scram-sha-512.sasl.jaas.config=${scram}`,
    ...pem('login'),
    ...pem('certificate'),
    'listener.name.certificate.ssl.client.auth=required',
  ];
  const { stop } = await startOwnServer((context) => startKafka({ ...context, port: plain }, program), properties);
  return {
    port,
    certificatePort,
    stop,
    async setPassword(password) {
      const user = ['--entity-type', 'users', '--entity-name', 'registration'];
      const change = ['--alter', '--add-config', `SCRAM-SHA-512=[iterations=4096,password=${password}]`];
      const broker = ['--bootstrap-server', `localhost:${plain}`];
      await runKafkaTool(program.java, 'kafka.admin.ConfigCommand', [...broker, ...change, ...user]);
    },
  };
}
