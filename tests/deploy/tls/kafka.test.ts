import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { TlsSettings } from '#shared/config/tls.ts';
import { type SecretStore, startSecretStore, storeEnvironment } from '#tests/deploy/aws/secret-store.ts';
import { type Authority, startAuthority } from './certificates.ts';
import { type SecuredKafka, startSecuredKafka } from './servers.ts';

let authority: Authority;
let kafka: SecuredKafka;
let store: SecretStore;

function login(password: string): string {
  return JSON.stringify({ username: 'registration', password });
}

beforeAll(async () => {
  authority = await startAuthority();
  kafka = await startSecuredKafka(authority);
  store = await startSecretStore({ AmazonMSK_registration: login('first'), '/ca': authority.ca });
  await kafka.setPassword('first');
  const settings = {
    STAGE: 'prod',
    KAFKA_BROKERS: `localhost:${kafka.port}`,
    KAFKA_CREDENTIALS: 'secretsmanager:AmazonMSK_registration',
    KAFKA_TLS: 'on',
    TLS_CA: 'ssm:/ca',
  };
  Object.assign(process.env, storeEnvironment(store.url), settings);
});

afterAll(async () => {
  await kafka.stop();
  await store.stop();
  authority.remove();
});

beforeEach(() => {
  // Fresh modules behave as a new process: nothing fetched, no open connection.
  vi.resetModules();
});

async function modules() {
  return {
    ...(await import('#shared/kafka/producer.ts')),
    ...(await import('#shared/messages/create-topics.ts')),
    ...(await import('#shared/kafka/kafka-client.ts')),
  };
}

const message = { key: 'k', value: 'v', headers: {} };

describe('brokers that require SASL over TLS', () => {
  it('accept topics and messages', async () => {
    const { createTopics, publish } = await modules();

    expect(await createTopics()).toHaveLength(4);
    await publish('publish event', 'user.email.send', [message]);
  });

  it('accept messages after a password change', async () => {
    const { publish, openKafka } = await modules();
    await openKafka(async (client) => client);
    await kafka.setPassword('second');
    store.values.set('AmazonMSK_registration', login('second'));

    await publish('publish event', 'user.email.send', [message]);
    const admin = await openKafka(async (client) => client.admin());
    await admin.disconnect();
  });

  it('are rejected if their certificate names another host', async () => {
    const { createKafka } = await modules();
    const tls: TlsSettings = { rejectUnauthorized: true, minVersion: 'TLSv1.2', ca: [authority.ca] };
    const admin = createKafka(`127.0.0.1:${kafka.port}`, { ssl: tls }).admin();

    await expect(admin.connect()).rejects.toThrow(/127\.0\.0\.1|altnames|certificate/i);
  });
});

describe('brokers that require a client certificate', () => {
  it('accept messages only from a client that has one', async () => {
    const { certFile, keyFile } = await authority.issue('client');
    const [certificate, privateKey] = [readFileSync(certFile, 'utf8'), readFileSync(keyFile, 'utf8')];
    process.env['KAFKA_BROKERS'] = `localhost:${kafka.certificatePort}`;
    store.values.set('AmazonMSK_registration', JSON.stringify({ certificate, privateKey }));
    const { publish, createKafka } = await modules();

    await publish('publish event', 'user.email.send', [message]);

    const tls: TlsSettings = { rejectUnauthorized: true, minVersion: 'TLSv1.2', ca: [authority.ca] };
    const stranger = createKafka(`localhost:${kafka.certificatePort}`, { ssl: tls }).admin();
    await expect(stranger.connect().then(() => stranger.listTopics())).rejects.toThrow();
  });
});
