import type { Executor } from '#shared/db/database.ts';

export interface TableChanges {
  /** Indexes to add: name → `(columns)`. */
  readonly addKeys?: Readonly<Record<string, string>>;
  readonly dropKeys?: readonly string[];
  /** Columns to add: name → definition. */
  readonly addColumns?: Readonly<Record<string, string>>;
  readonly dropColumns?: readonly string[];
}

async function namesIn(
  db: Executor,
  list: 'columns' | 'statistics',
  column: string,
  table: string,
): Promise<Set<string>> {
  const rows: Array<{ name: string }> = await db(`information_schema.${list}`)
    .whereRaw('table_schema = DATABASE()')
    .where({ table_name: table })
    .select({ name: column });
  return new Set(rows.map(({ name }) => name));
}

/** Changes a table in one statement. Skips what is done already, so that an interrupted migration can be repeated. */
export async function alterTable(db: Executor, table: string, changes: TableChanges): Promise<void> {
  const { addKeys = {}, dropKeys = [], addColumns = {}, dropColumns = [] } = changes;
  const keys = await namesIn(db, 'statistics', 'index_name', table);
  const columns = await namesIn(db, 'columns', 'column_name', table);
  const parts = [
    ...Object.entries(addColumns).flatMap(([name, type]) => (columns.has(name) ? [] : [`ADD COLUMN ${name} ${type}`])),
    ...Object.entries(addKeys).flatMap(([name, on]) => (keys.has(name) ? [] : [`ADD KEY ${name} ${on}`])),
    ...dropKeys.flatMap((name) => (keys.has(name) ? [`DROP KEY ${name}`] : [])),
    ...dropColumns.flatMap((name) => (columns.has(name) ? [`DROP COLUMN ${name}`] : [])),
  ];
  if (parts.length > 0) await db.raw(`ALTER TABLE ${table} ${parts.join(', ')}`);
}
