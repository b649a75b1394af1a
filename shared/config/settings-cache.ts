import type { Reference } from './reference.ts';

export interface SettingsCacheDependencies {
  fetch(reference: Reference, setting: string): Promise<string>;
  /** Milliseconds. */
  now(): number;
}

interface Entry {
  readonly fetching: Promise<string>;
  readonly startedAt: number;
  /** When a refused value was replaced by this one; -Infinity for the first fetch. */
  readonly renewedAt: number;
}

/** Minimum time between two renewals, so that repeatedly refused logins do not flood the store. */
const RENEW_AFTER_MS = 5000;

/** Caches the values of references: each is fetched at first use, and again when it is renewed or too old for its reader. */
export function settingsCache({ fetch, now }: SettingsCacheDependencies) {
  const entries = new Map<string, Entry>();

  const start = (setting: string, reference: Reference, renewedAt: number): Promise<string> => {
    const entry: Entry = { fetching: fetch(reference, setting), startedAt: now(), renewedAt };
    entries.set(setting, entry);
    entry.fetching.catch(() => {
      if (entries.get(setting) === entry) entries.delete(setting);
    });
    return entry.fetching;
  };

  const get = (setting: string, reference: Reference, maxAgeMs = Number.POSITIVE_INFINITY): Promise<string> => {
    const entry = entries.get(setting);
    if (entry !== undefined && now() - entry.startedAt < maxAgeMs) return entry.fetching;
    return start(setting, reference, entry?.renewedAt ?? Number.NEGATIVE_INFINITY);
  };

  return {
    get,

    /** Returns a value other than the refused one, fetched again unless that happened within 5 s; undefined if there is none. */
    async renew(setting: string, reference: Reference, refused: string): Promise<string | undefined> {
      const known = await get(setting, reference);
      if (known !== refused) return known;
      // Read after the await: a concurrent caller may have started a renewal meanwhile.
      const entry = entries.get(setting);
      const isRenewed = entry !== undefined && now() - entry.renewedAt < RENEW_AFTER_MS;
      const value = await (isRenewed ? entry.fetching : start(setting, reference, now()));
      return value === refused ? undefined : value;
    },
  };
}
