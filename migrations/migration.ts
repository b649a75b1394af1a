import type { Knex } from 'knex';

/** One step of a schema's history. Steps run in the order of their list and are never changed once released. */
export interface Migration {
  readonly name: string;
  up(db: Knex): Promise<void>;
  down(db: Knex): Promise<void>;
}
