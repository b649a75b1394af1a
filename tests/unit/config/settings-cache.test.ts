import { describe, expect, it } from 'vitest';
import type { Reference } from '#shared/config/reference.ts';
import { settingsCache } from '#shared/config/settings-cache.ts';

const reference: Reference = { kind: 'ssm', name: '/a' };

function setup() {
  const store = { value: 'first', isDown: false, fetches: 0, ms: 0 };
  const cache = settingsCache({
    fetch: async () => {
      store.fetches += 1;
      if (store.isDown) throw new Error('down');
      return store.value;
    },
    now: () => store.ms,
  });
  return { store, cache };
}

describe('settingsCache', () => {
  it('fetches a reference once for all concurrent and later reads', async () => {
    const { store, cache } = setup();

    const answers = await Promise.all([cache.get('A', reference), cache.get('A', reference)]);

    expect([...answers, await cache.get('A', reference)]).toEqual(['first', 'first', 'first']);
    expect(store.fetches).toBe(1);
  });

  it('fetches again after a failed fetch', async () => {
    const { store, cache } = setup();
    store.isDown = true;
    await expect(cache.get('A', reference)).rejects.toThrow('down');
    store.isDown = false;

    expect(await cache.get('A', reference)).toBe('first');
  });

  it('renews a rejected value once for all callers and keeps the new value', async () => {
    const { store, cache } = setup();
    await cache.get('A', reference);
    store.value = 'second';

    const renewed = await Promise.all([1, 2, 3].map(() => cache.renew('A', reference, 'first')));

    expect(renewed).toEqual(['second', 'second', 'second']);
    expect(await cache.renew('A', reference, 'first')).toBe('second');
    expect(await cache.get('A', reference)).toBe('second');
    expect(store.fetches).toBe(2);
  });

  it('returns undefined while the value stays the rejected one, and waits five seconds before the next fetch', async () => {
    const { store, cache } = setup();
    await cache.get('A', reference);

    expect(await cache.renew('A', reference, 'first')).toBeUndefined();
    store.ms = 4999;
    expect(await cache.renew('A', reference, 'first')).toBeUndefined();
    expect(store.fetches).toBe(2);
    store.ms = 5000;
    store.value = 'second';
    expect(await cache.renew('A', reference, 'first')).toBe('second');
    expect(store.fetches).toBe(3);
  });

  it('fetches a value again that is too old for its reader, once for all concurrent reads', async () => {
    const { store, cache } = setup();
    await cache.get('A', reference, 1000);
    store.value = 'second';

    store.ms = 999;
    expect(await cache.get('A', reference, 1000)).toBe('first');
    store.ms = 1000;
    expect(await cache.get('A', reference)).toBe('first');
    expect(await Promise.all([1, 2].map(() => cache.get('A', reference, 1000)))).toEqual(['second', 'second']);
    expect(store.fetches).toBe(2);
  });

  it('does not return a value that is too old while the store is down', async () => {
    const { store, cache } = setup();
    await cache.get('A', reference, 1000);
    store.isDown = true;
    store.ms = 1000;

    await expect(cache.get('A', reference, 1000)).rejects.toThrow('down');
  });
});
