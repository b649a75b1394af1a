import { describe, expect, test } from 'vitest';
import { failureSuite } from '../helpers/failure-suite.ts';
import { randomName } from '../helpers/kafka.ts';

const { server, aProject, on, eventually, untilCommitted } = failureSuite();

describe.concurrent('what Java’s producer writes', () => {
  test.each(['gzip', 'snappy', 'lz4', 'zstd'])('compressed with %s is read', async (codec) => {
    const topic = await eventually((client) => client.createTopic(randomName(codec)));
    await server.produceInJava(topic, 'compressed', codec);
    const project = aProject({ echo: { handler: 'handler.echo', events: on(topic) } });
    await project.start();

    await untilCommitted(project, topic, 50);

    const values = project.values('echo').flat();
    expect(values).toEqual(Array.from({ length: 50 }, (_, index) => `value ${index} ${'x'.repeat(200)}`));
    expect(await project.stop()).toBe(0);
  });

  test('in transactions arrives without the aborted ones, and commits pass those', async () => {
    const topic = await eventually((client) => client.createTopic(randomName('transactions')));
    const project = aProject({ echo: { handler: 'handler.echo', events: on(topic) } });
    await project.start();
    await project.untilJoined(1);

    await server.produceInJava(topic, 'transactions');

    // Six records and four markers: the last are an aborted record and its marker.
    await untilCommitted(project, topic, 10);
    expect(project.values('echo').flat()).toEqual(['kept 1', 'kept 2', 'kept 3']);
    expect(await project.stop()).toBe(0);
  });

  /** With the least size of a segment. */
  async function aCompactedTopic(): Promise<string> {
    const config = {
      'cleanup.policy': 'compact',
      'segment.ms': '100',
      'segment.bytes': String(1_048_576),
      'min.cleanable.dirty.ratio': '0.001',
      'max.compaction.lag.ms': '100',
    };
    return eventually((client) => client.createTopic(randomName('compacted'), 1, config));
  }

  /** Each by a producer of its own, so that compaction keeps its last batch, emptied. */
  const write = (topic: string, key: string, value: string, timestamp = String(Date.now())) =>
    eventually((client) => client.produce(topic, [{ key, value, timestamp, partition: 0 }]));

  test('to a compacted topic is read past batches that compaction has emptied', async () => {
    const topic = await aCompactedTopic();
    await server.produceInJava(topic, 'keyed', 'a', '3');
    await server.produceInJava(topic, 'keyed', 'b', '1');
    await write(topic, 'a', 'a last');
    const project = aProject({ echo: { handler: 'handler.echo', events: on(topic) } });
    let count = 5;
    await project.waitFor('compaction', async () => {
      // The cleaner leaves the segment that is written to alone, so a new one is begun.
      await write(topic, 'c', `c ${count}`);
      count += 1;
      return !server.valuesOnDisk(topic).includes('a 2');
    });
    await project.start();

    await untilCommitted(project, topic, count);
    const values = project.values('echo').flat();
    expect(values).toContain('b 0');
    expect(values).toContain('a last');
    expect(values).not.toContain('a 2');
    expect(await project.stop()).toBe(0);
  });

  // kafkajs#1072: a broker answers from one segment at a time, so the emptied batch at its end is all that a fetch brings.
  test('to a compacted topic is read past a segment that ends with an emptied batch', async () => {
    const topic = await aCompactedTopic();
    // Too large to be merged with the next segment.
    const large = 'x'.repeat(700_000);
    // One time for both, so that they share a segment.
    const timestamp = String(Date.now());
    await write(topic, 'b', `before ${large}`, timestamp);
    await write(topic, 'a', 'first', timestamp);
    await write(topic, 'd', `after ${large}`);
    await write(topic, 'a', 'last');
    const project = aProject({ weigh: { handler: 'handler.weigh', events: on(topic) } });
    let count = 4;
    await project.waitFor('compaction', async () => {
      await write(topic, 'c', `c ${count}`);
      count += 1;
      return !server.valuesOnDisk(topic).includes('first');
    });
    await project.start();

    await untilCommitted(project, topic, count);
    const records = project.calls('weigh').flatMap(({ event }) => event.records[`${topic}-0`] ?? []);
    expect(records.slice(0, 3).map(({ offset }) => offset)).toEqual([0, 2, 3]);
    expect(await project.stop()).toBe(0);
  });
});
