import type { Reference } from './reference.ts';

export interface SettingsCacheDependencies {
  fetch(reference: Reference, setting: string): Promise<string>;
  /** Monotonic milliseconds. */
  now(): number;
}

interface Entry {
  readonly fetching: Promise<string>;
  readonly startedAt: number;
}

/** How long a value that was just fetched is trusted although a server refuses it: guesses must not become a storm. */
const RENEW_AFTER_MS = 5000;

/** What references were found to stand for: each is fetched once, by whoever asks first, and again only when it is renewed. */
export const settingsCache = ({ fetch, now }: SettingsCacheDependencies) => {
  const entries = new Map<string, Entry>();

  const start = (setting: string, reference: Reference): Promise<string> => {
    const entry: Entry = { fetching: fetch(reference, setting), startedAt: now() };
    entries.set(setting, entry);
    entry.fetching.catch(() => {
      if (entries.get(setting) === entry) entries.delete(setting);
    });
    return entry.fetching;
  };

  const get = (setting: string, reference: Reference): Promise<string> =>
    entries.get(setting)?.fetching ?? start(setting, reference);

  return {
    get,

    /** A value other than the refused one, fetched anew unless that was done within the last 5 s; undefined when there is none. */
    async renew(setting: string, reference: Reference, refused: string): Promise<string | undefined> {
      const entry = entries.get(setting);
      const known = await entry?.fetching.catch(() => undefined);
      if (known !== undefined && known !== refused) return known;
      if (entry !== undefined && known !== undefined && now() - entry.startedAt < RENEW_AFTER_MS) return undefined;
      // Whoever was refused at the same time has begun to fetch meanwhile.
      const current = entries.get(setting);
      const value = await (current === undefined || current === entry ? start(setting, reference) : current.fetching);
      return value === refused ? undefined : value;
    },
  };
};
