import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { circuitBreaker } from '#shared/async/circuit-breaker.ts';
import { publish } from '#shared/kafka/producer.ts';
import { createTopics } from '#shared/messages/create-topics.ts';
import { publishSoon } from '#shared/outbox/publish-soon.ts';
import { type TestDatabase, usersTestDatabase } from '#tests/helpers/databases.ts';
import { randomName } from '#tests/helpers/random.ts';
import { testEvent } from '#tests/helpers/raw-records.ts';
import { timed, watchUnhandled } from '#tests/helpers/unhandled.ts';
import { waitFor } from '#tests/helpers/wait-for.ts';
import { startTcpProxy, type TcpProxy } from '#tools/lab/faults/tcp-proxy.ts';

let proxy: TcpProxy;
let database: TestDatabase;
const unhandled = watchUnhandled();

beforeAll(async () => {
  const [host = '', port] = (process.env['KAFKA_BROKERS'] ?? '').split(':');
  [proxy, database] = await Promise.all([startTcpProxy({ host, port: Number(port) }), usersTestDatabase()]);
  process.env['TOPIC_PREFIX'] = randomName('t-');
  await proxy.set('refuse');
  process.env['KAFKA_BROKERS'] = `127.0.0.1:${proxy.port}`;
});

afterAll(async () => {
  await proxy.stop();
  await database.drop();
  unhandled.stop();
});

// No call may succeed before the last test: the client would learn the broker's own address and bypass the proxy.
describe('while the broker is unavailable', () => {
  it.each(['refuse', 'reset', 'silent'] as const)(
    '(%s) a publication delays its caller by at most 100 ms',
    async (mode) => {
      let now = 0;
      const breaker = circuitBreaker({ threshold: 3, probeAfterMs: 3000 }, () => now);
      const soon = publishSoon({ database: async () => database.db, publish, breaker });
      const call = () => timed(() => soon({ ...testEvent(), traceparent: null }));
      await proxy.set(mode);

      const tried = [await call(), await call(), await call()];
      await waitFor(() => breaker.isOpen(), { what: 'the breaker' });
      const skipped = await call();
      now += 3000;
      const [probe, beside] = await Promise.all([call(), call()]);

      for (const { answer, ms } of [...tried, probe]) {
        expect(answer).toMatchObject({ status: 'fulfilled' });
        expect(ms).toBeLessThan(200);
      }
      expect(breaker.isOpen()).toBe(true);
      expect(skipped.ms).toBeLessThan(20);
      expect(beside.ms).toBeLessThan(probe.ms);
      expect(unhandled.seen).toEqual([]);
    },
  );

  it('publishes again after recovery and closes the breaker', async () => {
    let now = 0;
    const breaker = circuitBreaker({ threshold: 1, probeAfterMs: 1000 }, () => now);
    const soon = publishSoon({ database: async () => database.db, publish, breaker });
    await proxy.set('refuse');
    await soon({ ...testEvent(), traceparent: null });
    await waitFor(() => breaker.isOpen(), { what: 'the breaker' });
    await proxy.set('pass');
    await createTopics();

    for (let tries = 0; tries < 100 && breaker.isOpen(); tries += 1) {
      now += 1000;
      await soon({ ...testEvent(), traceparent: null });
    }

    expect(breaker.isOpen()).toBe(false);
  });
});
