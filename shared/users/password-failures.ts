import type { Database, Executor } from '#shared/db/database.ts';
import { store } from '#shared/db/run.ts';
import { now } from '#shared/db/sql.ts';
import { AppError } from '#shared/errors/app-error.ts';
import { reportMetric } from '#shared/observability/metrics.ts';

/** A quarter of an hour: 96 guesses a day, while the user is locked out no longer than that. */
const LONGEST_WAIT_SECONDS = 900;

export function passwordFailureRepository(db: Executor) {
  const rowOf = (userId: number) => db('password_failures').where({ user_id: userId });
  return {
    /**
     * Counts an attempt as a failure unless the user must still wait; from the `free`th on the wait doubles from 1 s. Concurrent
     * attempts queue on the row.
     * @returns the milliseconds to wait; 0 if the attempt is allowed
     */
    async enter(userId: number, free: number): Promise<number> {
      const row = { user_id: userId, failures: 0, open_at: now(db) };
      await db('password_failures').insert(row).onConflict('user_id').ignore();
      const seconds = db.raw('LEAST(?, FLOOR(POW(2, LEAST(failures - ?, 20))))', [LONGEST_WAIT_SECONDS, free - 1]);
      // open_at first: MySQL assigns from left to right, and it depends on the old count.
      const next = {
        open_at: db.raw('UTC_TIMESTAMP(3) + INTERVAL ? SECOND', [seconds]),
        failures: db.raw('failures + 1'),
      };
      const entered = await rowOf(userId).where('open_at', '<=', now(db)).update(next);
      if (entered === 1) return 0;
      const microseconds = db.raw('TIMESTAMPDIFF(MICROSECOND, UTC_TIMESTAMP(3), open_at)');
      const left: { wait?: unknown } | undefined = await rowOf(userId).first({ wait: microseconds });
      return Math.max(1, Math.ceil(Number(left?.wait ?? 0) / 1000));
    },

    async reset(userId: number): Promise<void> {
      await rowOf(userId).delete();
    },
  };
}

/** Bounds the guesses at one user's password by any number of clients, over any time. */
export interface PasswordFailures {
  /** Counts a check before it happens. @throws AppError RATE_LIMITED */
  enter(userId: number): Promise<void>;
  /** After the right password. */
  reset(userId: number): Promise<void>;
}

/** @param free failures without a wait; 0: no limit */
export function passwordFailures(database: () => Promise<Database>, free: () => number): PasswordFailures {
  const failures = store(database, passwordFailureRepository);
  return {
    async enter(userId) {
      if (free() === 0) return;
      const waitMs = await failures((rows) => rows.enter(userId, free()));
      if (waitMs === 0) return;
      reportMetric('RefusedCredentialChecks', 1);
      const retryAfterSeconds = Math.ceil(waitMs / 1000);
      throw new AppError('RATE_LIMITED', `Too many wrong passwords. Try again in ${retryAfterSeconds} s.`, {
        retryAfterSeconds,
      });
    },

    async reset(userId) {
      if (free() > 0) await failures((rows) => rows.reset(userId));
    },
  };
}
