/** The largest page of each list. Not in the schema files: handlers must not bundle the schema library. */
export const MAX_PAGE_SIZE = { users: 20, events: 100 } as const;

/** One page of a list. `page` counts from 0; the totals are those of the whole list. */
export interface Page<Item> {
  readonly content: Item[];
  readonly page: number;
  readonly size: number;
  readonly totalElements: number;
  readonly totalPages: number;
}

export function toPage<Item>(
  content: Item[],
  { page, size }: Pick<Page<Item>, 'page' | 'size'>,
  totalElements: number,
): Page<Item> {
  return { content, page, size, totalElements, totalPages: Math.ceil(totalElements / size) };
}
