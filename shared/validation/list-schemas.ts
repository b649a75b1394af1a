import { type Static, type TSchema, Type } from 'typebox';

const LARGEST = 2147483647;

/** `page` and `pageSize` of a list query. The service cuts larger sizes to `largestSize`. */
export function pageQuery(defaultSize: number, largestSize: number) {
  return {
    page: Type.Integer({ minimum: 0, maximum: LARGEST, default: 0, errorMessage: 'must be a whole number from 0' }),
    pageSize: Type.Integer({
      minimum: 1,
      maximum: LARGEST,
      default: defaultSize,
      errorMessage: `must be a whole number from 1; more than ${largestSize} is cut to ${largestSize}`,
    }),
  };
}

/** One page of a list. */
export function pageOf<Item extends TSchema>(item: Item) {
  return Type.Object({
    content: Type.Array(item),
    page: Type.Integer(),
    size: Type.Integer(),
    totalElements: Type.Integer(),
    totalPages: Type.Integer(),
  });
}

/** A count up to a limit, so that counting stays cheap for any number of rows. */
export const BoundedCountSchema = Type.Object({
  count: Type.Integer({ minimum: 0, examples: [42] }),
  isMore: Type.Boolean({ description: 'There are more than `count`; the rest was not counted' }),
});

export type BoundedCount = Static<typeof BoundedCountSchema>;
