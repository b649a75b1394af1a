import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ensurePrograms } from '#tools/local/install/native.ts';
import { startGuard } from '#tools/local/process/guard-client.ts';
import { freePorts } from '#tools/local/process/ports.ts';
import { signalGroup } from '#tools/local/process/signals.ts';
import { runKafkaTool, startKafka } from '#tools/local/services/kafka.ts';
import { startMariadb } from '#tools/local/services/mariadb.ts';
import { startRedis } from '#tools/local/services/redis.ts';
import type { ServiceContext, StartedService } from '#tools/local/services/service.ts';
import type { Authority } from './certificates.ts';

export interface SecuredServer {
  readonly port: number;
  stop(): Promise<void>;
}

/** Starts a server with its own folder and guard and waits until it is ready. @returns how to stop it */
async function startServer(
  begin: (context: ServiceContext) => Promise<StartedService>,
  options: readonly string[],
): Promise<() => Promise<void>> {
  const dir = mkdtempSync(path.join(tmpdir(), 'secured-'));
  const guard = startGuard();
  const [port = 0] = await freePorts(1);
  const context = { dir, port, logFile: path.join(dir, 'log'), guard, isThrowAway: true, options: [...options] };
  const { service, ready } = await begin(context);
  await ready;
  return async () => {
    signalGroup(service.pid, 'SIGKILL');
    await service.exited;
    await guard.close();
    rmSync(dir, { recursive: true, force: true, maxRetries: 3 });
  };
}

function required<T>(program: T | undefined): T {
  if (program === undefined) throw new Error('ensurePrograms did not return the program');
  return program;
}

/** Starts MariaDB that accepts only encrypted connections. */
export async function startSecuredMariadb(authority: Authority, host = 'localhost'): Promise<SecuredServer> {
  const { mariadb } = await ensurePrograms(['mysql']);
  const { certFile, keyFile } = await authority.issue(host);
  const [port = 0] = await freePorts(1);
  const options = [
    `--ssl-ca=${authority.caFile}`,
    `--ssl-cert=${certFile}`,
    `--ssl-key=${keyFile}`,
    '--require-secure-transport=ON',
  ];
  const stop = await startServer((context) => startMariadb({ ...context, port }, required(mariadb)), options);
  return { port, stop };
}

/** Starts Redis that accepts only encrypted connections of one user with a password. */
export async function startSecuredRedis(authority: Authority, password: string): Promise<SecuredServer> {
  const { redis } = await ensurePrograms(['redis']);
  const { certFile, keyFile } = await authority.issue('localhost');
  const [port = 0] = await freePorts(1);
  const options = ['--tls-port', `${port}`, '--tls-cert-file', certFile, '--tls-key-file', keyFile];
  const more = ['--tls-ca-cert-file', authority.caFile, '--tls-auth-clients', 'no'];
  // The start checks readiness on the plain port, where only PING is allowed.
  const anonymous = ['--user', 'default', 'on', 'nopass', 'resetkeys', '-@all', '+ping'];
  const user = ['--user', 'registration', 'on', `>${password}`, '~*', '&*', '+@all'];
  const stop = await startServer(
    (context) => startRedis(context, required(redis)),
    [...options, ...more, ...anonymous, ...user],
  );
  return { port, stop };
}

export interface SecuredKafka extends SecuredServer {
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
  const stop = await startServer((context) => startKafka({ ...context, port: plain }, program), properties);
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
