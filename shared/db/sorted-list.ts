import type { Knex } from 'knex';
import type { Executor } from './database.ts';
import { now } from './sql.ts';

export type Direction = 'ASC' | 'DESC';

/** Rows of one table in the order of a column, then of the id. Needs an index on the columns of `where`, `column` and the id. */
export interface SortedList {
  /** The name of the list in `list_marks`. */
  readonly name: string;
  readonly table: string;
  readonly where: Readonly<Record<string, string | number>>;
  readonly column: string;
}

/** A row's place in a list: its value in the sort column and its id. */
export interface Position {
  readonly value: string;
  readonly id: number;
}

/** The row at the place `number` × STRIDE of a list, counted from 1 in ascending order. */
export interface Mark extends Position {
  readonly number: number;
}

/** Rows between two marks, and so the most that a page's query skips. */
export const STRIDE = 500;

/** Where a page starts: `offset` rows after `after` (undefined: after the start of the list). */
export interface PageStart {
  readonly after?: Position | undefined;
  readonly offset: number;
}

/** Columns of the list's table by the name that a row has for them. */
export type Columns = Readonly<Record<string, string>>;

/** A position is only given for ascending order. */
function inOrder(db: Executor, list: SortedList, direction: Direction, after?: Position): Knex.QueryBuilder {
  const { table, where, column } = list;
  const rows = db(table).where(where).orderBy(column, direction);
  if (column === 'id') return after === undefined ? rows : rows.where('id', '>', after.id);
  rows.orderBy('id', direction);
  if (after === undefined) return rows;
  const { value, id } = after;
  return rows.where((place) =>
    place.where(column, '>', value).orWhere((same) => same.where(column, value).where('id', '>', id)),
  );
}

/** Reads sorted lists and their marks. */
export function sortedListRepository(db: Executor) {
  /**
   * `list_marks` holds ids and checksums only, so that no name or address outlives its user there. A mark whose row has gone or
   * has another value is not found.
   */
  const marks = (list: SortedList): Knex.QueryBuilder => {
    const rows = db('list_marks').select('number', { id: 'row_id' }).where({ list: list.name });
    if (list.column === 'id') return rows;
    const column = `${list.table}.${list.column}`;
    return rows
      .select({ value: column })
      .join(list.table, `${list.table}.id`, 'row_id')
      .whereRaw('value_check = CRC32(??)', [column]);
  };
  const oneMark = async (query: Knex.QueryBuilder): Promise<Mark | undefined> => {
    const row: Partial<Mark> | undefined = await query.orderBy('number', 'desc').first();
    return row && { number: Number(row.number), value: row.value ?? '', id: Number(row.id) };
  };

  return {
    /** Skips rows in the index and reads only those of the page from the table. */
    async page<Row>(
      list: SortedList,
      direction: Direction,
      start: PageStart,
      limit: number,
      columns: Columns,
    ): Promise<Row[]> {
      const ids = inOrder(db, list, direction, start.after).select({ page_id: 'id' }).limit(limit).offset(start.offset);
      const rows = db.from(ids.as('page')).join(list.table, `${list.table}.id`, 'page.page_id').select(columns);
      rows.orderBy(`${list.table}.${list.column}`, direction);
      return list.column === 'id' ? rows : rows.orderBy(`${list.table}.id`, direction);
    },

    /** A page and the total, as of one moment. The total is undefined if the page is empty. */
    async pageAndTotal<Row>(
      list: SortedList,
      direction: Direction,
      offset: number,
      limit: number,
      columns: Columns,
    ): Promise<[Row[], number | undefined]> {
      const total = db(list.table).where(list.where).count('*');
      const rows: Array<Row & { list_total: unknown }> = await inOrder(db, list, direction)
        .select({ ...columns, list_total: total })
        .limit(limit)
        .offset(offset);
      const first = rows[0];
      if (first === undefined) return [[], undefined];
      return [rows.map(({ list_total: _, ...row }) => row as Row), Number(first.list_total)];
    },

    async countAfter({ table, where }: SortedList, after: Position | undefined): Promise<number> {
      const rows = db(table).where(where).count({ total: '*' });
      const row = await (after === undefined ? rows : rows.where('id', '>', after.id)).first();
      return Number(row?.['total'] ?? 0);
    },

    /** The server's estimate of the number of rows in the table. */
    async estimate({ table }: SortedList): Promise<number> {
      const row: { rows_about?: unknown } | undefined = await db('information_schema.tables')
        .select({ rows_about: 'table_rows' })
        .where({ table_schema: db.raw('DATABASE()'), table_name: table })
        .first();
      return Number(row?.rows_about ?? 0);
    },

    /** The `count`-th row after a position, ascending; undefined if there are fewer rows. */
    async positionAfter(list: SortedList, after: Position | undefined, count: number): Promise<Position | undefined> {
      const row: Position | undefined = await inOrder(db, list, 'ASC', after)
        .select({ value: list.column, id: 'id' })
        .offset(count - 1)
        .first();
      return row && { value: list.column === 'id' ? '' : String(row.value), id: Number(row.id) };
    },

    /** The last mark up to a number. */
    mark: (list: SortedList, number: number): Promise<Mark | undefined> =>
      oneMark(marks(list).where('number', '<=', number)),

    lastMark: (list: SortedList): Promise<Mark | undefined> => oneMark(marks(list)),

    /** The number of the mark that was renewed longest ago. */
    async oldestMark({ name }: SortedList): Promise<number | undefined> {
      const oldest = db('list_marks').select('number').where({ list: name }).orderBy('marked_at').orderBy('number');
      const row: { number: unknown } | undefined = await oldest.first();
      return row && Number(row.number);
    },

    async putMarks({ name }: SortedList, put: readonly Mark[]): Promise<void> {
      if (put.length === 0) return;
      const rows = put.map(({ number, value, id }) => ({
        list: name,
        number,
        value_check: db.raw('CRC32(?)', [value]),
        row_id: id,
        marked_at: now(db),
      }));
      await db('list_marks').insert(rows).onConflict().merge(['value_check', 'row_id', 'marked_at']);
    },

    async dropMarksFrom({ name }: SortedList, number: number): Promise<void> {
      await db('list_marks').where({ list: name }).where('number', '>=', number).delete();
    },
  };
}

export type SortedListRepository = ReturnType<typeof sortedListRepository>;
