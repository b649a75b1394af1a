import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openKafka } from '#shared/kafka/kafka-client.ts';
import { publish } from '#shared/kafka/producer.ts';
import { randomName } from '#tests/helpers/random.ts';
import { waitFor } from '#tests/helpers/wait-for.ts';
import { moveAddresses } from '#tools/lab/faults/kafka-addresses.ts';
import { startTcpProxy, type TcpProxy } from '#tools/lab/faults/tcp-proxy.ts';

const topic = randomName('t-');
let proxy: TcpProxy;

beforeAll(async () => {
  const [host = '', port = ''] = (process.env['KAFKA_BROKERS'] ?? '').split(':');
  const own = { host: '127.0.0.1', port: 0 };
  proxy = await startTcpProxy({ host, port: Number(port) }, undefined, { newChange: () => moveAddresses(() => own) });
  own.port = proxy.port;
  process.env['KAFKA_BROKERS'] = `127.0.0.1:${proxy.port}`;
  const admin = await openKafka(async (kafka) => kafka.admin());
  await admin.connect();
  await admin.createTopics({ waitForLeaders: true, topics: [{ topic, numPartitions: 1 }] });
  await admin.disconnect();
});
afterAll(() => proxy.stop());

function publishOne(): Promise<void> {
  return publish('relay events', topic, [{ key: 'k', value: 'v', headers: {} }]);
}

describe('a connection that is cut in the middle of a response', () => {
  // kafkajs 2.2.4 kept the first part, read the next connection's responses from it on, and timed out for ever.
  it.each([10, 30, 41])('is replaced by one that works (after %i bytes)', async (bytes) => {
    await publishOne();
    await proxy.set('cut', { of: 'server', bytes });
    await expect(publishOne()).rejects.toThrow();
    await proxy.set('pass');

    await waitFor(
      () =>
        publishOne().then(
          () => true,
          () => false,
        ),
      { timeoutMs: 15_000, what: 'a message to be written' },
    );
  });
});
