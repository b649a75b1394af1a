import type { Database } from '#shared/db/database.ts';
import { store } from '#shared/db/run.ts';
import { inRanges } from '#shared/db/sql.ts';
import { deadLetterRepository } from '#shared/outbox/dead-letter-repository.ts';
import { outboxRepository } from '#shared/outbox/outbox-repository.ts';
import { removeUser } from './remove-user.ts';
import { DELETED, type UserCache } from './user-cache.ts';
import { userRepository } from './user-repository.ts';

/** Dead letters that one statement reads: far below the time limit of a statement. */
const LETTERS = 500;

/** What the users context knows of a person. */
export interface KnownPerson {
  readonly userId: number | undefined;
  /** Users of the events that do not exist any more; a copy may be cached. */
  readonly formerIds: readonly number[];
  /** The uuids of the person's events. */
  readonly events: readonly string[];
  /** The ids of dead letters whose text contains the address. */
  readonly deadLetters: readonly number[];
}

function decoded(text: string): string {
  const unescaped = text.replace(/\\u([0-9a-f]{4})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  const fromBase64 = [...text.matchAll(/[A-Za-z0-9+/]{8,}/g)].map(([part]) => Buffer.from(part, 'base64').toString());
  return [unescaped, ...fromBase64].join('\n').normalize('NFC').toLowerCase();
}

/** Whether a text contains the address, also in JSON's escapes or in base64, and not as a part of another address. */
export function mentions(text: string, address: string): boolean {
  const literal = address.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  return new RegExp(`(?<![\\w.+-])${literal}(?![\\w-]|\\.\\w)`, 'u').test(decoded(text));
}

export interface ErasePersonDependencies {
  database(): Promise<Database>;
  cache: UserCache;
}

/** Finds and erases a person by address, in every table of the users context. The address is in lower case and in NFC. */
export function erasePerson({ database, cache }: ErasePersonDependencies) {
  const users = store(database, userRepository);
  const outbox = store(database, outboxRepository);
  const letters = store(database, deadLetterRepository);
  const remove = removeUser({ database, cache });

  const eventsWith = async (address: string) => {
    const last = await outbox((events) => events.lastId());
    return inRanges(last, (range) => outbox((events) => events.withAddress(address, range)));
  };

  const withoutUser = async (ids: ReadonlySet<number>): Promise<number[]> => {
    const found = await Promise.all([...ids].map(async (id) => [id, await users((rows) => rows.find(id))] as const));
    return found.filter(([, user]) => user === undefined).map(([id]) => id);
  };

  const lettersWith = async (address: string): Promise<number[]> => {
    const found: number[] = [];
    for (let after = 0; ; ) {
      const rows = await letters((dead) => dead.texts(after, LETTERS));
      found.push(...rows.filter((row) => mentions(`${row.record}\n${row.reason}`, address)).map(({ id }) => id));
      const last = rows.at(-1);
      if (last === undefined) return found;
      after = last.id;
    }
  };

  return {
    async find(address: string): Promise<KnownPerson> {
      const userId = await users((rows) => rows.idOf(address));
      const found = await eventsWith(address);
      const ofUser = userId === undefined ? [] : await outbox((events) => events.ofUser(userId));
      return {
        userId,
        formerIds: await withoutUser(new Set(found.flatMap((event) => event.userId ?? []))),
        events: [...new Set([...ofUser, ...found.map(({ uuid }) => uuid)])],
        deadLetters: await lettersWith(address),
      };
    },

    /** May be repeated after an interruption. @throws AppError DEPENDENCY_DOWN */
    async erase({ userId, formerIds, events, deadLetters }: KnownPerson): Promise<void> {
      await Promise.all(formerIds.map((id) => cache.invalidate(id, DELETED)));
      await outbox((rows) => rows.endErased(events));
      await letters((rows) => rows.eraseRecordsOf(events));
      await letters((rows) => rows.eraseTexts(deadLetters));
      // Last, because a repeated call finds the events of other addresses by the user.
      if (userId !== undefined) await remove(userId);
    },
  };
}
