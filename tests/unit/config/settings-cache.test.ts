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

describe('what a reference stands for', () => {
  it('is fetched once, however many ask at once or later', async () => {
    const { store, cache } = setup();

    const answers = await Promise.all([cache.get('A', reference), cache.get('A', reference)]);

    expect([...answers, await cache.get('A', reference)]).toEqual(['first', 'first', 'first']);
    expect(store.fetches).toBe(1);
  });

  it('is asked for again after it could not be fetched', async () => {
    const { store, cache } = setup();
    store.isDown = true;
    await expect(cache.get('A', reference)).rejects.toThrow('down');
    store.isDown = false;

    expect(await cache.get('A', reference)).toBe('first');
  });

  it('is fetched anew when a server refuses it, once for all who were refused, and known from then on', async () => {
    const { store, cache } = setup();
    await cache.get('A', reference);
    store.value = 'second';

    const renewed = await Promise.all([1, 2, 3].map(() => cache.renew('A', reference, 'first')));

    expect(renewed).toEqual(['second', 'second', 'second']);
    expect(await cache.renew('A', reference, 'first')).toBe('second');
    expect(await cache.get('A', reference)).toBe('second');
    expect(store.fetches).toBe(2);
  });

  it('is no answer when it is still the refused one, and is not fetched a third time within five seconds', async () => {
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
});
