import { AppError } from '#shared/errors/app-error.ts';
import type { Database } from './database.ts';
import { statement } from './run.ts';

/** The newest migration that this code needs in each database: the last of migrations/history.ts. */
export const SCHEMA_VERSIONS = { USERS_DATABASE_URL: 6, NOTIFICATIONS_DATABASE_URL: 2 } as const;

/** A migration with this ending removes what older code uses. */
const CONTRACT = /-contract$/;

function numberOf(migration: string): number {
  return Number.parseInt(migration, 10);
}

/**
 * @param applied names of the applied migrations
 * @returns why code that needs a version must not use a schema; undefined if it may. Newer schemas are fine unless one of their
 * migrations removes something.
 */
export function schemaProblem(applied: readonly string[], needed: number): string | undefined {
  const newest = Math.max(0, ...applied.map(numberOf));
  if (newest < needed) return `has schema ${newest}, but this code needs ${needed}. Invoke prepareStage.`;
  const breaking = applied.find((name) => numberOf(name) > needed && CONTRACT.test(name));
  return breaking && `has the migration ${breaking}, which this code is too old for. Deploy newer code.`;
}

async function appliedMigrations(database: Database): Promise<string[]> {
  const exists = await statement(database, (db) =>
    db.raw(
      "SELECT 1 FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = 'knex_migrations'",
    ),
  );
  return exists[0].length === 0 ? [] : statement(database, (db) => db('knex_migrations').pluck('name'));
}

/** Keeps code from a schema that it does not fit, during a release and after a rollback. @throws AppError DEPENDENCY_DOWN */
export async function checkSchema(database: Database, variable: keyof typeof SCHEMA_VERSIONS): Promise<void> {
  const problem = schemaProblem(await appliedMigrations(database), SCHEMA_VERSIONS[variable]);
  if (problem === undefined) return;
  throw new AppError('DEPENDENCY_DOWN', 'The database is being prepared.', {
    retryAfterSeconds: 2,
    cause: new Error(`${variable} ${problem}`),
  });
}
