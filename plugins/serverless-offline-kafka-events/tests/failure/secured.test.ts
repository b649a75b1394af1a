import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseSchemaRegistry } from '../../src/config/schema-registry.ts';
import { createRecordDecoder } from '../../src/schema-registry/record-decoder.ts';
import { keyStore, makeCertificate, PLAIN_USER, SCRAM_USER, unsecuredToken } from '../helpers/broker-security.ts';
import { expectDelivered, range } from '../helpers/delivery.ts';
import { failureSuite } from '../helpers/failure-suite.ts';
import { randomName } from '../helpers/kafka.ts';
import type { OfflineProject } from '../helpers/offline-project.ts';
import { aRecord } from '../helpers/records.ts';
import { AVRO_SCHEMA, avroOrder, confluentPrefix, SchemaRegistry } from '../helpers/schema-registry.ts';

const { server, aProject, on, eventually, untilCommitted } = failureSuite({ isSecured: true });
const UNREACHABLE = 'Kafka cannot be reached, retrying';
const ours = { rejectUnauthorized: true, ca: [server.certificate] };

async function aTopic(prefix = 'secured'): Promise<string> {
  return eventually((client) => client.createTopic(randomName(prefix)));
}

/** A mapping on the listener with TLS and passwords. */
function aSecuredProject(
  topic: string,
  sasl: object,
  ssl: object | boolean = ours,
  parts: object = {},
): OfflineProject {
  const brokers = `localhost:${server.securedPort}`;
  const kafkaEvents = { brokers, ssl, sasl, retryBackoff: { initialMs: 100, maximumMs: 500 } };
  return aProject({ poison: { handler: 'handler.poison', events: on(topic, parts) } }, { kafkaEvents });
}

describe.concurrent.each([PLAIN_USER, SCRAM_USER])('a broker with TLS and passwords ($mechanism)', (sasl) => {
  test('is read, committed to, and takes dead letters', async () => {
    const [topic, letters] = [await aTopic(), await aTopic('letters')];
    await eventually((client) => client.produceValues(topic, ['1', '2', 'poison']));
    const project = aSecuredProject(topic, sasl, ours, {
      batchSize: 1,
      maximumRetryAttempts: 0,
      onFailureDestination: `kafka://${letters}`,
      provisionedPollerConfig: { minimumPollers: 1 },
    });
    await project.start();

    await untilCommitted(project, topic, 3);

    expectDelivered(project.values('poison'), ['1', '2', 'poison']);
    await eventually(async (client) => {
      const seen = await client.tap(letters);
      await project.waitFor('the dead letter', () => seen.length === 1);
    });
    expect(await project.stop()).toBe(0);
  });
});

test.concurrent('a broker that takes tokens is read with one of a module', async () => {
  const topic = await aTopic();
  await eventually((client) => client.produceValues(topic, range(0, 5)));
  const project = aSecuredProject(topic, { mechanism: 'oauthbearer', tokenProvider: './token.mjs' });
  project.write('token.mjs', `export default () => ${JSON.stringify(unsecuredToken('reader'))};`);
  await project.start();
  await untilCommitted(project, topic, 5);
  expectDelivered(project.values('poison'), range(0, 5));
  expect(await project.stop()).toBe(0);
});

test.concurrent('a broker is read with stand-ins for the secrets that the event names', async () => {
  const topic = await aTopic();
  await eventually((client) => client.produceValues(topic, range(0, 5)));
  const [login, root] = ['login', 'root'].map((name) => `arn:aws:secretsmanager:eu-west-1:111111111111:secret:${name}`);
  const { username, password } = SCRAM_USER;
  const accessConfigurations = { saslScram256Auth: [login], serverRootCaCertificate: [root] };
  const secrets = { [String(login)]: { username, password }, [String(root)]: { certificate: server.certificate } };
  const kafkaEvents = { brokers: `localhost:${server.securedPort}`, secrets };
  const events = on(topic, { accessConfigurations });
  const project = aProject({ echo: { handler: 'handler.echo', events } }, { kafkaEvents });
  await project.start();
  await untilCommitted(project, topic, 5);
  expectDelivered(project.values('echo'), range(0, 5));
  expect(await project.stop()).toBe(0);
});

test.concurrent('a wrong password is reported and retried until it is right', async () => {
  const topic = await aTopic();
  const sasl = { ...SCRAM_USER, username: 'new-user', password: 'not yet known' };
  const project = aSecuredProject(topic, sasl);
  await eventually((client) => client.produceValues(topic, range(0, 5)));
  await project.start();
  await project.waitFor('a clear line', () => project.lines(UNREACHABLE).length > 0);
  expect(project.lines(UNREACHABLE)[0]).toMatchObject({ level: 'warn', topic, error: expect.stringMatching(/auth/i) });

  server.changePassword(sasl.username, sasl.password);

  await untilCommitted(project, topic, 5);
  expectDelivered(project.values('poison'), range(0, 5));
  expect(project.log).not.toContain(sasl.password);
  expect(await project.stop()).toBe(0);
});

test.concurrent('an untrusted certificate is reported, and no record gets through', async () => {
  const topic = await aTopic();
  const project = aSecuredProject(topic, PLAIN_USER, true);
  await project.start();
  await project.waitFor('a clear line', () => project.lines(UNREACHABLE).length > 0);
  expect(project.lines(UNREACHABLE)[0]).toMatchObject({ error: expect.stringContaining('self-signed certificate') });
  expect(await project.stop()).toBe(0);
});

test('a schema registry over TLS is asked with its login, and is not trusted without its certificate', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'kafka-events-registry-'));
  const ca = makeCertificate(folder);
  const login = { username: 'reader', password: 'secret' };
  const registry = await new SchemaRegistry(login, keyStore(folder)).start();
  registry.register('1', { schemaType: 'AVRO', schema: AVRO_SCHEMA });
  const record = aRecord(0, { value: Buffer.concat([confluentPrefix(1), avroOrder(1, 'paid')]) });
  const config = parseSchemaRegistry(
    {
      schemaRegistryURI: registry.url,
      eventRecordFormat: 'JSON',
      schemaValidationConfigs: [{ attribute: 'VALUE' }],
      accessConfigs: [
        { type: 'BASIC_AUTH', uri: 'arn:login' },
        { type: 'SERVER_ROOT_CA_CERTIFICATE', uri: 'arn:root' },
      ],
    },
    {
      settings: {
        schemaRegistryUrl: null,
        secrets: new Map<string, Record<string, unknown>>([
          ['arn:login', login],
          ['arn:root', { certificate: ca }],
        ]),
      },
      use: 'local',
      region: 'eu-west-1',
    },
    (property, problem) => {
      throw new Error(`${property}: ${problem}`);
    },
  );
  try {
    if (config === null) throw new Error('there is no configuration');
    const decoder = createRecordDecoder(config);
    await decoder.prepare([record]);
    expect(JSON.parse(String(decoder.decode(record).record.value))).toMatchObject({ status: 'paid' });
    await expect(createRecordDecoder({ ...config, tls: {} }).prepare([record])).rejects.toThrow(/self.signed/);
  } finally {
    registry.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
