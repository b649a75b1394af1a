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

  test('to a compacted topic is read past batches that compaction has emptied', async () => {
    const name = randomName('compacted');
    const config = {
      'cleanup.policy': 'compact',
      'segment.ms': '100',
      'min.cleanable.dirty.ratio': '0.001',
      'max.compaction.lag.ms': '100',
    };
    const topic = await eventually((client) => client.createTopic(name, 1, config));
    await server.produceInJava(topic, 'keyed', 'a', '3');
    await server.produceInJava(topic, 'keyed', 'b', '1');
    // A later value of key a, from a producer of its own, so that the last batch of the first one is emptied.
    const write = (key: string, value: string) =>
      eventually((client) => client.produce(topic, [{ key, value, partition: 0 }]));
    await write('a', 'a last');
    const project = aProject({ echo: { handler: 'handler.echo', events: on(topic) } });
    let count = 5;
    await project.waitFor('compaction', async () => {
      // The cleaner leaves the segment that is written to alone, so a new one is begun.
      await write('c', `c ${count}`);
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
});
