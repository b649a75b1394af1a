import type { Reference } from './reference.ts';

export interface SettingsCacheDependencies {
  fetch(reference: Reference, setting: string): Promise<string>;
  /** Monotonic milliseconds. */
  now(): number;
}

interface Entry {
  readonly fetching: Promise<string>;
  /** When it was fetched because a server had refused its predecessor; before all times for the first. */
  readonly renewedAt: number;
}

/** How long a renewed value is not fetched again although a server refuses it: guesses must not become a storm. */
const RENEW_AFTER_MS = 5000;

/** What references were found to stand for: each is fetched once, by whoever asks first, and again only when it is renewed. */
export function settingsCache({ fetch, now }: SettingsCacheDependencies) {
  const entries = new Map<string, Entry>();

  const start = (setting: string, reference: Reference, renewedAt: number): Promise<string> => {
    const entry: Entry = { fetching: fetch(reference, setting), renewedAt };
    entries.set(setting, entry);
    entry.fetching.catch(() => {
      if (entries.get(setting) === entry) entries.delete(setting);
    });
    return entry.fetching;
  };

  const get = (setting: string, reference: Reference): Promise<string> =>
    entries.get(setting)?.fetching ?? start(setting, reference, Number.NEGATIVE_INFINITY);

  return {
    get,

    /** A value other than the refused one, fetched anew unless that was done within the last 5 s; undefined when there is none. */
    async renew(setting: string, reference: Reference, refused: string): Promise<string | undefined> {
      const known = await get(setting, reference);
      if (known !== refused) return known;
      // Read after the wait: whoever was refused at the same time may have begun to fetch meanwhile.
      const entry = entries.get(setting);
      const isRenewed = entry !== undefined && now() - entry.renewedAt < RENEW_AFTER_MS;
      const value = await (isRenewed ? entry.fetching : start(setting, reference, now()));
      return value === refused ? undefined : value;
    },
  };
}
