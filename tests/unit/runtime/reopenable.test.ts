import { describe, expect, it } from 'vitest';
import { reopenable } from '#shared/runtime/reopenable.ts';
import { randomName } from '#tests/helpers/random.ts';

interface Client {
  readonly number: number;
  isClosed: boolean;
}

/** The hook through which hot reload and `sls invoke local` close all clients. */
async function closeAll(): Promise<void> {
  const versions = (globalThis as unknown as Record<symbol, Array<{ close(): Promise<void> }>>)[
    Symbol.for('event-driven-registration.lifecycle')
  ];
  for (const version of versions ?? []) await version.close();
}

function clients(failures = 0) {
  const opened: Client[] = [];
  let tries = 0;
  const client = reopenable<Client>(
    randomName('client-'),
    async () => {
      tries += 1;
      if (tries <= failures) throw new Error('not yet');
      const made = { number: opened.length, isClosed: false };
      opened.push(made);
      return made;
    },
    (open) => {
      open.isClosed = true;
    },
  );
  return { client, opened };
}

describe('reopenable', () => {
  it('opens once for all concurrent and later callers', async () => {
    const { client, opened } = clients();

    await Promise.all([client.get(), client.get()]);
    await client.get();

    expect(opened).toHaveLength(1);
  });

  it('opens lazily', async () => {
    const { opened } = clients();

    await closeAll();

    expect(opened).toEqual([]);
  });

  it('retries after a failed open', async () => {
    const { client } = clients(1);

    await expect(Promise.all([client.get(), client.get()])).rejects.toThrow('not yet');

    expect(await client.get()).toMatchObject({ number: 0 });
  });

  it('closes with its version of the code and reopens on the next use', async () => {
    const { client } = clients();
    const first = await client.get();

    await closeAll();

    expect(first.isClosed).toBe(true);
    expect(await client.get()).toMatchObject({ number: 1, isClosed: false });
  });

  it('replaces a broken client once', async () => {
    const { client } = clients();
    const first = await client.get();

    client.giveUp(first);
    const second = await client.get();
    client.giveUp(first);

    expect(first.isClosed).toBe(true);
    expect(await client.get()).toBe(second);
    expect(second.isClosed).toBe(false);
  });
});
